CREATE OR REPLACE FUNCTION ops.metrics()
    RETURNS TABLE (name text, help text, type text, labels jsonb, value float8)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 50
    SET search_path = pg_catalog, pg_temp
AS $$
    -- asked every few seconds by Prometheus: small tables and partial indexes only, nothing that reads points
    SELECT 'millwright_alarms_active', 'Active alarms.', 'gauge',
           jsonb_build_object('severity', s.name),
           (SELECT count(*) FROM alarm.alarm AS a WHERE a.active AND a.severity = s.name)::float8
    FROM alarm.severity AS s
    UNION ALL
    SELECT 'millwright_alarms_unacknowledged', 'Active alarms that nobody has acknowledged.', 'gauge', '{}',
           (SELECT count(*) FROM alarm.alarm AS a WHERE a.active AND NOT a.acknowledged)::float8
    UNION ALL
    SELECT 'millwright_alarm_rules', 'Alarm rules by whether they are enabled.', 'gauge',
           jsonb_build_object('enabled', r.enabled), count(*)::float8
    FROM alarm.rule AS r GROUP BY r.enabled
    UNION ALL
    SELECT 'millwright_equipment', 'Machines by status.', 'gauge', jsonb_build_object('status', e.status), count(*)::float8
    FROM plant.equipment AS e GROUP BY e.status
    UNION ALL
    SELECT 'millwright_sensors', 'Sensors.', 'gauge', '{}', count(*)::float8 FROM plant.sensor
    UNION ALL
    SELECT 'millwright_last_received_seconds', 'Seconds since a live point was stored.', 'gauge', '{}',
           extract(epoch FROM clock_timestamp() - max(l.received_at))::float8
    FROM telemetry.latest AS l HAVING max(l.received_at) IS NOT NULL
    UNION ALL
    SELECT 'millwright_quarantine_new', 'Quarantined messages that nobody has handled.', 'gauge', '{}',
           count(*)::float8 FROM ingest.quarantine AS q WHERE q.status = 'new'
    UNION ALL
    SELECT 'millwright_outbox_seq', 'Last notification number given out.', 'counter', '{}', s.last::float8 FROM relay.sequence AS s
    UNION ALL
    SELECT 'millwright_deliveries', 'Deliveries that wait or were given up.', 'gauge', jsonb_build_object('status', d.status), count(*)::float8
    FROM relay.delivery AS d WHERE d.status <> 'delivered' GROUP BY d.status
    UNION ALL
    SELECT 'millwright_job_failures_total', 'Failed runs of a job.', 'counter', jsonb_build_object('job', j.name), j.total_failures::float8
    FROM ops.job AS j
    UNION ALL
    SELECT 'millwright_job_last_success_seconds', 'Seconds since a job last ended well.', 'gauge', jsonb_build_object('job', j.name),
           extract(epoch FROM clock_timestamp() - j.last_success)::float8
    FROM ops.job AS j WHERE j.enabled AND j.last_success IS NOT NULL
    UNION ALL
    SELECT 'millwright_database_bytes', 'Size of the database on disk.', 'gauge', '{}', pg_database_size(current_database())::float8
$$;
COMMENT ON FUNCTION ops.metrics() IS
    'The database''s own numbers for GET /metrics, in Prometheus''s terms: name, help, type (gauge or counter), labels (a JSON object), value.';
REVOKE ALL ON FUNCTION ops.metrics() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.metrics() TO thin, viewer;
