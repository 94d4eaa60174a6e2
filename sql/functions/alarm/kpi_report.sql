CREATE OR REPLACE FUNCTION alarm.kpi_report(
    "from" timestamptz DEFAULT now() - INTERVAL '24 hours', "to" timestamptz DEFAULT now()
) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object(
        'from', alarm.iso_time($1), 'to', alarm.iso_time($2),
        'active', (SELECT count(*) FROM alarm.alarm AS a WHERE a.cleared_at IS NULL),
        'unacknowledged', (SELECT count(*) FROM alarm.alarm AS a WHERE a.cleared_at IS NULL AND NOT a.acknowledged),
        'stale', (SELECT count(*) FROM alarm.stale),
        'days', (SELECT coalesce(jsonb_agg(to_jsonb(k) - 'equipment_id'
                                           || jsonb_build_object('period', alarm.iso_time(k.period))), '[]')
                                               FROM alarm.kpi('day', $1, $2) AS k),
        'shifts',
        (SELECT coalesce(jsonb_agg(to_jsonb(k) - 'equipment_id'
                                   || jsonb_build_object('period', alarm.iso_time(k.period))), '[]')
                                       FROM alarm.kpi('shift', $1, $2) AS k),
        'equipment', (SELECT coalesce(jsonb_agg(to_jsonb(k) - 'period'), '[]')
                      FROM (SELECT * FROM alarm.kpi('equipment', $1, $2) AS x LIMIT 100) AS k),
        'bad_actors', (SELECT coalesce(jsonb_agg(to_jsonb(b)), '[]')
                       FROM (SELECT * FROM alarm.bad_actor AS x ORDER BY x.alarms DESC LIMIT 10) AS b),
        'chattering', (SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]')
                       FROM (SELECT * FROM alarm.chattering AS x ORDER BY x.bursts DESC LIMIT 10) AS c),
        'floods', (SELECT coalesce(jsonb_agg(to_jsonb(f)), '[]')
                   FROM (SELECT * FROM alarm.flood AS x ORDER BY x.started_at DESC LIMIT 10) AS f))
$$;
COMMENT ON FUNCTION alarm.kpi_report(timestamptz, timestamptz) IS
    'The key figures as one JSON object for HTTP: what stands now, per day, shift and equipment (the hundred with most '
    'alarms) from … to, bad actors, chattering, floods.';
REVOKE ALL ON FUNCTION alarm.kpi_report(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.kpi_report(timestamptz, timestamptz) TO viewer;
