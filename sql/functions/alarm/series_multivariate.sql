CREATE OR REPLACE FUNCTION alarm.series_multivariate(r alarm.rule, g alarm.signal, "from" timestamptz, "to" timestamptz)
    RETURNS TABLE ("time" timestamptz, value float8)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    -- no minute ended: mostly so, as the job looks every few seconds
    IF date_trunc('minute', series_multivariate.to) <= series_multivariate.from THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT s.time,
           CASE r.parameters ->> 'statistic'
               WHEN 't2' THEN s.t2 / s.t2_limit
               WHEN 'q' THEN s.q / s.q_limit
               ELSE greatest(s.t2 / s.t2_limit, s.q / s.q_limit) END
    FROM alarm.multivariate_scores(g.equipment_id, series_multivariate.from, series_multivariate.to) AS s
    ORDER BY s.time;
END
$$;
COMMENT ON FUNCTION alarm.series_multivariate(alarm.rule, alarm.signal, timestamptz, timestamptz) IS
    'T² or Q, whichever is greater, each over its threshold (parameters.statistic: one of them), at the end of each '
    'bucket; nothing where there is nothing to judge by. See alarm.series.';
REVOKE ALL ON FUNCTION alarm.series_multivariate(alarm.rule, alarm.signal, timestamptz, timestamptz) FROM PUBLIC;
