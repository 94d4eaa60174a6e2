CREATE OR REPLACE FUNCTION alarm.compare_backtest(
    rule bigint, "from" timestamptz, "to" timestamptz, changes jsonb, other_changes jsonb DEFAULT '{}',
    sensors integer[] DEFAULT NULL,
    source text DEFAULT 'raw', bucket_value text DEFAULT 'worst'
) RETURNS TABLE (setting text, changes jsonb, alarms bigint, chatter bigint, minutes_active float8, longest interval,
                 faults bigint, faults_found bigint, true_alarms bigint, false_alarms bigint, median_lead interval)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.name, s.changes, x.*
    FROM (VALUES ('other', coalesce($5, '{}'), 1), ('changed', coalesce($4, '{}'), 2)) AS s (name, changes, place)
    CROSS JOIN LATERAL alarm.backtest_summary($1, $2, $3, s.changes, $6, $7, $8) AS x
    ORDER BY s.place
$$;
COMMENT ON FUNCTION alarm.compare_backtest(bigint, timestamptz, timestamptz, jsonb, jsonb, integer[], text, text) IS
    'Two settings of a rule over the same history, one row each: ''other'' (by default the rule as it is) and '
    '''changed''. Columns as alarm.backtest_summary.';
REVOKE ALL ON FUNCTION alarm.compare_backtest(bigint, timestamptz, timestamptz, jsonb, jsonb, integer[], text, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.compare_backtest(bigint, timestamptz, timestamptz, jsonb, jsonb, integer[], text, text)
    TO viewer;
