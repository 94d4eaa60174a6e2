CREATE OR REPLACE FUNCTION alarm.backtest_report(
    rule bigint, "from" timestamptz, "to" timestamptz, changes jsonb DEFAULT '{}', source text DEFAULT 'raw',
    bucket_value text DEFAULT 'worst'
) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object(
        'summary', (SELECT to_jsonb(s) FROM alarm.backtest_summary($1, $2, $3, $4, NULL, $5, $6) AS s),
        'alarms', (
            SELECT coalesce(jsonb_agg(to_jsonb(b)
                                      || jsonb_build_object('raised_at', alarm.iso_time(b.raised_at), 'cleared_at',
                                                            alarm.iso_time(b.cleared_at))
                                      ORDER BY b.raised_at, b.sensor_id), '[]')
            FROM (SELECT x.* FROM alarm.backtest($1, $2, $3, $4, NULL, $5, $6) AS x ORDER BY x.raised_at
                  LIMIT 10000) AS b),
        'notes', to_jsonb(alarm.backtest_notes(alarm.checked_rule($1, $4), $5, $6)))
$$;
COMMENT ON FUNCTION alarm.backtest_report(bigint, timestamptz, timestamptz, jsonb, text, text) IS
    'alarm.backtest and its summary as one JSON object {summary, alarms[], notes[]} (at most 10 000 alarms), for HTTP. '
    'notes: alarm.backtest_notes.';
REVOKE ALL ON FUNCTION alarm.backtest_report(bigint, timestamptz, timestamptz, jsonb, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.backtest_report(bigint, timestamptz, timestamptz, jsonb, text, text) TO viewer;
