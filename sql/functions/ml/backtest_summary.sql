CREATE OR REPLACE FUNCTION ml.backtest_summary(id bigint) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH replay AS (
        SELECT b.* FROM ml.backtest AS b WHERE b.id = backtest_summary.id
    ), range AS MATERIALIZED (
        SELECT r.kind, tstzrange(r.from, r.to) AS span
        FROM replay AS b CROSS JOIN LATERAL ml.training_ranges(b.equipment_id, b.from_time, b.to_time) AS r
    ), pair AS MATERIALIZED (
        SELECT v.time, v.is_anomaly AS replayed, v.severity AS replayed_severity, p.is_anomaly AS lived,
               p.severity AS lived_severity,
               -- only where a fault is known has anybody looked
               CASE WHEN EXISTS (SELECT FROM range AS x WHERE x.kind = 'abnormal') THEN (
                   SELECT bool_or(r.kind = 'abnormal') FROM range AS r WHERE r.span @> v.time) END AS is_faulty
        FROM replay AS b
        JOIN ml.backtest_verdict AS v ON v.backtest_id = b.id
        CROSS JOIN LATERAL (
            SELECT x.is_anomaly, x.severity FROM ml.serve_ml_predictions AS x
            WHERE x.equipment_id = b.equipment_id AND x.power = b.power AND x.stage = 'champion' AND x.time = v.time
            ORDER BY x.model_version LIMIT 1) AS p
    ), counted AS (
        SELECT count(*) AS n, count(*) FILTER (WHERE p.replayed = p.lived) AS same, count(p.is_faulty) AS labelled,
               count(*) FILTER (WHERE p.replayed AND p.is_faulty) AS a_tp,
               count(*) FILTER (WHERE p.replayed AND NOT p.is_faulty) AS a_fp,
               count(*) FILTER (WHERE NOT p.replayed AND p.is_faulty) AS a_fn,
               count(*) FILTER (WHERE p.lived AND p.is_faulty) AS b_tp,
               count(*) FILTER (WHERE p.lived AND NOT p.is_faulty) AS b_fp,
               count(*) FILTER (WHERE NOT p.lived AND p.is_faulty) AS b_fn,
               array_agg(p.time ORDER BY p.time) AS time, array_agg(p.replayed ORDER BY p.time) AS replayed,
               array_agg(p.replayed_severity ORDER BY p.time) AS replayed_severity,
               array_agg(p.lived ORDER BY p.time) AS lived,
               array_agg(p.lived_severity ORDER BY p.time) AS lived_severity
        FROM pair AS p
    )
    SELECT jsonb_build_object('id', b.id, 'equipment_id', b.equipment_id, 'power', b.power,
        'model_version', b.model_version, 'from', alarm.iso_time(b.from_time), 'to', alarm.iso_time(b.to_time),
        'state', b.state, 'inputs', b.inputs, 'refused', b.refused, 'error', b.error,
        'compared', c.n, 'agreement', c.same / nullif(c.n, 0)::float8, 'labelled', c.labelled,
        'f1_score', 2 * c.a_tp / nullif(2 * c.a_tp + c.a_fp + c.a_fn, 0)::float8,
        'champion_f1_score', 2 * c.b_tp / nullif(2 * c.b_tp + c.b_fp + c.b_fn, 0)::float8,
        'alarms', (SELECT count(*) FROM alarm.verdict_alarms(b.equipment_id, c.time, c.replayed, c.replayed_severity,
                                                             b.to_time)),
        'champion_alarms', (SELECT count(*) FROM alarm.verdict_alarms(b.equipment_id, c.time, c.lived, c.lived_severity,
                                                                      b.to_time)))
    FROM replay AS b CROSS JOIN counted AS c
$$;
COMMENT ON FUNCTION ml.backtest_summary(bigint) IS
    'A replay beside what the champions of that time said of the same inputs: agreement, F1 of both where a fault is '
    'known '
    '(ml.training_ranges), and how many alarms each gives by today''s model_verdict rules. NULL: there is none.';
REVOKE ALL ON FUNCTION ml.backtest_summary(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.backtest_summary(bigint) TO viewer;
