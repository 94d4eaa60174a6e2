CREATE OR REPLACE FUNCTION ml.keep_window_specs(bundles jsonb) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_changed bigint[];
BEGIN
    WITH given AS MATERIALIZED (
        SELECT m.id, m.features, b.steps,
               CASE WHEN jsonb_typeof(b.extra) = 'object' THEN b.extra -> 'window' END AS source
        FROM jsonb_to_recordset(bundles) AS b (
            equipment_id text, power text, model_version text, steps integer, extra jsonb)
        JOIN ml.serve_ml_models AS m
            ON (m.equipment_id, m.power, m.model_version) = (b.equipment_id, b.power, b.model_version)
    ), gone AS (
        DELETE FROM ml.window_spec AS s USING given AS g
        WHERE s.model_id = g.id AND coalesce(g.source, 'null') = 'null'
    ), parsed AS MATERIALIZED (
        SELECT g.id, g.source, coalesce(g.steps, 1) AS steps, p.*
        FROM given AS g
        CROSS JOIN LATERAL ml.parse_window(g.source, g.features, coalesce(g.steps, 1)) AS p
        WHERE coalesce(g.source, 'null') <> 'null'
          -- of a bundle that is as it was it is known
          AND NOT EXISTS (
              SELECT FROM ml.window_spec AS s
              WHERE s.model_id = g.id AND s.source = g.source AND s.steps = coalesce(g.steps, 1)
                AND (s.problem IS NOT NULL OR g.features = ARRAY(
                    SELECT w.feature FROM ml.window_signal AS w WHERE w.model_id = g.id ORDER BY w.place)))
    ), kept AS (
        INSERT INTO ml.window_spec AS s (model_id, bucket, cycle_sensor, steps, stride, fill, hold, source, problem)
        SELECT p.id, p.bucket, p.cycle_sensor, p.steps, coalesce(p.stride, 1), p.fill, p.hold, p.source, p.problem
        FROM parsed AS p
        ON CONFLICT (model_id) DO UPDATE SET
            bucket = excluded.bucket, cycle_sensor = excluded.cycle_sensor, steps = excluded.steps,
            stride = excluded.stride, fill = excluded.fill,
            hold = excluded.hold, source = excluded.source, problem = excluded.problem, updated_at = clock_timestamp()
        RETURNING s.model_id
    )
    SELECT array_agg(k.model_id) INTO v_changed FROM kept AS k;
    IF v_changed IS NULL THEN
        RETURN 0;
    END IF;
    DELETE FROM ml.window_signal AS w WHERE w.model_id = ANY (v_changed);
    INSERT INTO ml.window_signal (model_id, place, feature, sensor, sensor_type, statistic)
    SELECT s.model_id, x.place, x.feature, x.sensor, x.sensor_type, x.statistic
    FROM ml.window_spec AS s
    JOIN ml.serve_ml_models AS m ON m.id = s.model_id
    CROSS JOIN LATERAL ml.parse_window(s.source, m.features, s.steps) AS p
    CROSS JOIN LATERAL jsonb_to_recordset(p.signals)
        AS x (place smallint, feature text, sensor text, sensor_type text, statistic text)
    WHERE s.model_id = ANY (v_changed) AND s.problem IS NULL;
    -- another grid begins anew
    INSERT INTO ml.window_state AS t (model_id) SELECT unnest(v_changed)
    ON CONFLICT (model_id) DO UPDATE SET done_to = NULL, next_due = clock_timestamp();
    RETURN cardinality(v_changed);
END
$$;
COMMENT ON FUNCTION ml.keep_window_specs(jsonb) IS
    'What bundles say of the windows of stored data that they want (the argument of ml.sync_models, which '
    'calls it once '
    'the registry has them). Returns how many are new or changed.';
REVOKE ALL ON FUNCTION ml.keep_window_specs(jsonb) FROM PUBLIC;
