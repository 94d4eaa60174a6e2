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
    SELECT 'millwright_alarm_assignments_mended_total', 'Signals that the sweep had to put right; it should stay 0.', 'counter', '{}', w.mended::float8
    FROM alarm.sweep AS w
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
    SELECT m.name, m.help, m.type, '{}', m.value
    FROM (
        SELECT count(*) FILTER (WHERE c.wrong_since IS NOT NULL) AS wrong, max(abs(extract(epoch FROM c.clock_offset))) AS worst,
               coalesce(sum(c.historical), 0) AS historical, coalesce(sum(c.unjudged), 0) AS unjudged, coalesce(sum(c.disowned), 0) AS disowned
        FROM telemetry.clock AS c
    ) AS x
    CROSS JOIN LATERAL (VALUES
        ('millwright_clocks_wrong', 'Machines whose clock is further off than the limit of the system condition clock.', 'gauge', x.wrong::float8),
        ('millwright_clock_offset_worst_seconds', 'Greatest distance of a machine''s clock from ours.', 'gauge', x.worst::float8),
        ('millwright_historical_points_total', 'Points that came too late for a live alarm (ingest.historical_after) without being marked as history.', 'counter', x.historical::float8),
        ('millwright_unjudged_points_total', 'Late points that no rule could judge any more, since it was changed or its alarm reset after their time.', 'counter', x.unjudged::float8),
        ('millwright_disowned_points_total', 'Points marked as bad because they lay ahead of a clock that was put back.', 'counter', x.disowned::float8)
    ) AS m (name, help, type, value)
    WHERE m.value IS NOT NULL
    UNION ALL
    SELECT 'millwright_quarantine_new', 'Quarantined messages that nobody has handled.', 'gauge', '{}',
           count(*)::float8 FROM ingest.quarantine AS q WHERE q.status = 'new'
    UNION ALL
    SELECT 'millwright_quarantine_oldest_seconds', 'Age of the oldest quarantined message that nobody has handled.', 'gauge', '{}',
           coalesce(extract(epoch FROM clock_timestamp() - min(q.received_at)), 0)::float8 FROM ingest.quarantine AS q WHERE q.status = 'new'
    UNION ALL
    SELECT 'millwright_no_value_total', 'Values that meant "no value" (ingest.no_value).', 'counter', '{}',
           coalesce(sum(c.messages), 0)::float8 FROM ingest.no_value_seen AS c
    UNION ALL
    SELECT 'millwright_same_time_total', 'Values whose sensor had another one at the same time (setting ingest.same_time).', 'counter',
           jsonb_build_object('outcome', o.name), coalesce(sum(o.points), 0)::float8
    FROM (VALUES ('kept'), ('replaced')) AS n (name)
    CROSS JOIN LATERAL (SELECT n.name, CASE n.name WHEN 'kept' THEN c.kept ELSE c.replaced END AS points FROM ingest.same_time_seen AS c
                        UNION ALL SELECT n.name, 0) AS o
    GROUP BY o.name
    UNION ALL
    SELECT m.name, m.help, 'gauge', jsonb_build_object('aggregate', a.name), extract(epoch FROM m.value)::float8
    FROM ops.aggregate_lag() AS a
    CROSS JOIN LATERAL (VALUES
        ('millwright_aggregate_lag_seconds', 'How far the finished buckets lie behind the newest live point.', a.lag),
        ('millwright_aggregate_lag_allowed_seconds', 'How far they may, as the aggregate''s policy explains.', a.allowed)
    ) AS m (name, help, value)
    UNION ALL
    SELECT 'millwright_job_failing', '1 while the last run of a job failed.', 'gauge', jsonb_build_object('job_name', j.name),
           (j.failures > 0)::integer::float8
    FROM ops.job AS j WHERE j.enabled
    UNION ALL
    SELECT 'millwright_backlog_points', 'Points of long ago that wait for the lane for history (an estimate).', 'gauge', '{}',
           pg_stat_get_live_tuples('ingest.backlog'::regclass)::float8
    UNION ALL
    SELECT 'millwright_backlog_messages', 'Messages with points of long ago that wait to be decoded (an estimate).', 'gauge', '{}',
           pg_stat_get_live_tuples('ingest.backlog_message'::regclass)::float8
    UNION ALL
    SELECT 'millwright_backfilled_points_total', 'Points that the lane for history has moved.', 'counter', '{}', l.moved::float8 FROM telemetry.history_lane AS l
    UNION ALL
    SELECT 'millwright_reading_chunks', 'Chunks of telemetry.reading.', 'gauge', '{}',
           (SELECT count(*) FROM _timescaledb_catalog.dimension_slice AS s WHERE s.dimension_id = (SELECT d.id FROM telemetry.reading_dimension() AS d))::float8
    UNION ALL
    SELECT 'millwright_notifications_total', 'Notifications written: the last number given out.', 'counter', '{}', s.last::float8 FROM relay.sequence AS s
    UNION ALL
    SELECT m.name, m.help, 'gauge', m.labels, m.value
    FROM relay.channel AS c
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE d.status = 'pending') AS pending, count(*) FILTER (WHERE d.status = 'sending') AS sending,
               min(d.created_at) AS oldest
        FROM relay.delivery AS d WHERE d.channel_id = c.id AND d.status IN ('pending', 'sending')
    ) AS w
    CROSS JOIN LATERAL (SELECT count(*) AS dead FROM relay.delivery AS d WHERE d.channel_id = c.id AND d.status = 'dead') AS g
    CROSS JOIN LATERAL (VALUES
        ('millwright_deliveries', 'Deliveries that wait, are being sent or were given up.',
         jsonb_build_object('channel', c.name, 'status', 'pending'), w.pending::float8),
        ('millwright_deliveries', 'Deliveries that wait, are being sent or were given up.',
         jsonb_build_object('channel', c.name, 'status', 'sending'), w.sending::float8),
        ('millwright_deliveries', 'Deliveries that wait, are being sent or were given up.',
         jsonb_build_object('channel', c.name, 'status', 'dead'), g.dead::float8),
        ('millwright_outbox_age_seconds', 'Age of the oldest notification that a channel has not sent yet; 0 of one that is switched off.',
         jsonb_build_object('channel', c.name), CASE WHEN c.enabled THEN coalesce(extract(epoch FROM clock_timestamp() - w.oldest), 0) ELSE 0 END::float8)
    ) AS m (name, help, labels, value)
    UNION ALL
    SELECT 'millwright_login_attempts_total', 'Log-ins by what they came to, tokens and browsers together.', 'counter',
           jsonb_build_object('outcome', t.outcome), t.attempts::float8
    FROM auth.login_tally AS t
    UNION ALL
    SELECT 'millwright_job_failures_total', 'Failed runs of a job.', 'counter', jsonb_build_object('job_name', j.name), j.total_failures::float8
    FROM ops.job AS j
    UNION ALL
    SELECT 'millwright_job_last_success_seconds', 'Seconds since a job last ended well.', 'gauge', jsonb_build_object('job_name', j.name),
           extract(epoch FROM clock_timestamp() - j.last_success)::float8
    FROM ops.job AS j WHERE j.enabled AND j.last_success IS NOT NULL
    UNION ALL
    SELECT 'millwright_system_failure', 'What is beyond a limit of alarm.system_condition: its value.', 'gauge',
           jsonb_build_object('condition', s.condition, 'object', s.object, 'level', s.level), s.value
    FROM alarm.system_state AS s
    WHERE s.level IS NOT NULL
    UNION ALL
    SELECT 'millwright_system_measured_seconds', 'Seconds since system failures were last looked for.', 'gauge', '{}',
           extract(epoch FROM clock_timestamp() - max(r.measured_at))::float8
    FROM alarm.system_run AS r
    -- others are judged elsewhere, whether thin looks or not
    JOIN alarm.system_condition AS c ON c.name = r.condition AND c.every IS NOT NULL
    HAVING max(r.measured_at) IS NOT NULL
    UNION ALL
    SELECT 'millwright_mqtt_sessions_lost_total', 'Times that the broker had no session for thin although it should.', 'counter',
           jsonb_build_object('process', s.instance, 'lane', s.lane), s.losses::float8
    FROM ingest.mqtt_session AS s
    UNION ALL
    SELECT 'millwright_database_bytes', 'Size of the database on disk.', 'gauge', '{}', pg_database_size(current_database())::float8
$$;
COMMENT ON FUNCTION ops.metrics() IS
    'The database''s own numbers for GET /metrics, in Prometheus''s terms: name, help, type (gauge or counter), labels (a JSON object), value.';
REVOKE ALL ON FUNCTION ops.metrics() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.metrics() TO thin, viewer;
