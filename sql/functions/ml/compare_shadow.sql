CREATE OR REPLACE FUNCTION ml.compare_shadow(
    equipment_id text, power text, "from" timestamptz, "to" timestamptz, champion text DEFAULT NULL, challenger text DEFAULT NULL
) RETURNS TABLE (
    champion_version text, challenger_version text, inputs bigint, only_champion bigint, only_challenger bigint,
    both_anomalous bigint, only_champion_anomalous bigint, only_challenger_anomalous bigint, both_calm bigint, agreement float8, kappa float8,
    champion_alarms bigint, challenger_alarms bigint, modalities jsonb, severities jsonb, champion_latency jsonb, challenger_latency jsonb,
    first_input timestamptz, last_input timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_longest CONSTANT interval := INTERVAL '366 days';
    v_champion text := compare_shadow.champion;
    v_challenger text := compare_shadow.challenger;
BEGIN
    PERFORM ops.check_span(compare_shadow.from, compare_shadow.to, c_longest);
    v_champion := coalesce(v_champion, (
        SELECT s.serving_version FROM ml.serving AS s WHERE s.equipment_id = compare_shadow.equipment_id AND s.power = compare_shadow.power));
    v_challenger := coalesce(v_challenger, (
        SELECT s.challenger FROM ml.serving AS s WHERE s.equipment_id = compare_shadow.equipment_id AND s.power = compare_shadow.power));
    IF v_champion IS NULL THEN
        PERFORM alarm.refuse('MW404', 'equipment_id', format('no version answers for %s %s', compare_shadow.equipment_id, compare_shadow.power));
    ELSIF v_challenger IS NULL THEN
        PERFORM alarm.refuse('MW404', 'challenger', format('%s %s has no challenger', compare_shadow.equipment_id, compare_shadow.power),
            'Name the version that was one, or make one with ml.set_alias.');
    END IF;

    RETURN QUERY
    WITH a AS MATERIALIZED (
        SELECT p.time, p.is_anomaly, p.severity, p.ratio, p.scores, p.latency_us
        FROM ml.serve_ml_predictions AS p
        WHERE p.equipment_id = compare_shadow.equipment_id AND p.power = compare_shadow.power AND p.model_version = v_champion
          AND p.stage = 'champion' AND p.time >= compare_shadow.from AND p.time < compare_shadow.to
    ), b AS MATERIALIZED (
        SELECT p.time, p.is_anomaly, p.severity, p.ratio, p.scores, p.latency_us
        FROM ml.serve_ml_predictions AS p
        WHERE p.equipment_id = compare_shadow.equipment_id AND p.power = compare_shadow.power AND p.model_version = v_challenger
          AND p.stage = 'challenger' AND p.time >= compare_shadow.from AND p.time < compare_shadow.to
    ), pair AS MATERIALIZED (
        -- a shadow is scored on the champion's input and carries its time
        SELECT a.time, a.is_anomaly AS a_anomaly, b.is_anomaly AS b_anomaly, a.severity AS a_severity, b.severity AS b_severity,
               a.ratio AS a_ratio, b.ratio AS b_ratio, a.latency_us AS a_latency, b.latency_us AS b_latency
        FROM a JOIN b ON b.time = a.time
    ), counted AS (
        SELECT count(*) AS n, count(*) FILTER (WHERE p.a_anomaly AND p.b_anomaly) AS both, count(*) FILTER (WHERE p.a_anomaly AND NOT p.b_anomaly) AS only_a,
               count(*) FILTER (WHERE p.b_anomaly AND NOT p.a_anomaly) AS only_b, count(*) FILTER (WHERE NOT p.a_anomaly AND NOT p.b_anomaly) AS neither,
               min(p.time) AS first, max(p.time) AS last, array_agg(p.time ORDER BY p.time) AS time,
               array_agg(p.a_anomaly ORDER BY p.time) AS a_anomaly, array_agg(p.b_anomaly ORDER BY p.time) AS b_anomaly,
               array_agg(p.a_severity ORDER BY p.time) AS a_severity, array_agg(p.b_severity ORDER BY p.time) AS b_severity,
               jsonb_build_object('p50_us', percentile_cont(0.5) WITHIN GROUP (ORDER BY p.a_latency),
                                  'p99_us', percentile_cont(0.99) WITHIN GROUP (ORDER BY p.a_latency)) AS a_latency,
               jsonb_build_object('p50_us', percentile_cont(0.5) WITHIN GROUP (ORDER BY p.b_latency),
                                  'p99_us', percentile_cont(0.99) WITHIN GROUP (ORDER BY p.b_latency)) AS b_latency
        FROM pair AS p
    ), modality AS (
        SELECT jsonb_object_agg(m.modality, jsonb_build_object('inputs', m.n, 'champion_median', m.a_median, 'challenger_median', m.b_median,
                   'champion_p95', m.a_p95, 'challenger_p95', m.b_p95, 'challenger_to_champion', m.drift, 'correlation', m.correlation)) AS said
        FROM (
            SELECT r.key AS modality, count(*) AS n,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY x.a) AS a_median, percentile_cont(0.5) WITHIN GROUP (ORDER BY x.b) AS b_median,
                   percentile_cont(0.95) WITHIN GROUP (ORDER BY x.a) AS a_p95, percentile_cont(0.95) WITHIN GROUP (ORDER BY x.b) AS b_p95,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY x.b / nullif(x.a, 0)) AS drift, alarm.finite_or_null(corr(x.a, x.b)) AS correlation
            FROM pair AS p
            CROSS JOIN LATERAL jsonb_each(p.a_ratio) AS r
            CROSS JOIN LATERAL (SELECT ml.finite(r.value) AS a, ml.finite(p.b_ratio -> r.key) AS b) AS x
            WHERE num_nulls(x.a, x.b) = 0
            GROUP BY r.key
        ) AS m
    ), severity AS (
        SELECT jsonb_object_agg(s.name, jsonb_build_object(
                   'champion', (SELECT count(*) FROM pair AS p WHERE p.a_severity = s.name),
                   'challenger', (SELECT count(*) FROM pair AS p WHERE p.b_severity = s.name))) AS said
        FROM alarm.severity AS s
    )
    SELECT v_champion, v_challenger, c.n, (SELECT count(*) FROM a) - c.n, (SELECT count(*) FROM b) - c.n, c.both, c.only_a, c.only_b, c.neither,
           (c.both + c.neither)::float8 / nullif(c.n, 0),
           -- agreement beyond what chance alone would give: two models that are silent nearly always agree nearly always
           ((c.both + c.neither)::float8 / nullif(c.n, 0) - e.by_chance) / nullif(1 - e.by_chance, 0),
           (SELECT count(*) FROM alarm.verdict_alarms(compare_shadow.equipment_id, c.time, c.a_anomaly, c.a_severity, compare_shadow.to)),
           (SELECT count(*) FROM alarm.verdict_alarms(compare_shadow.equipment_id, c.time, c.b_anomaly, c.b_severity, compare_shadow.to)),
           coalesce(m.said, '{}'), s.said, c.a_latency, c.b_latency, c.first, c.last
    FROM counted AS c
    CROSS JOIN modality AS m
    CROSS JOIN severity AS s
    CROSS JOIN LATERAL (
        SELECT ((c.both + c.only_a)::float8 * (c.both + c.only_b) + (c.neither + c.only_b)::float8 * (c.neither + c.only_a)) / nullif(c.n::float8 * c.n, 0) AS by_chance
    ) AS e;
END
$$;
COMMENT ON FUNCTION ml.compare_shadow(text, text, timestamptz, timestamptz, text, text) IS
    'Champion and challenger (default: those of now) on the same inputs from … to (exclusive): who found an anomaly, agreement and Cohen''s kappa, ratio by modality {champion_median, challenger_median, …_p95, challenger_to_champion: median of the quotients, correlation}, severities, latency, and how many alarms each would have raised by the model_verdict rules of the equipment as they are now. MW404: no such versions. MW422: the time.';
REVOKE ALL ON FUNCTION ml.compare_shadow(text, text, timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.compare_shadow(text, text, timestamptz, timestamptz, text, text) TO viewer;
