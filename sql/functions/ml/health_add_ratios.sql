CREATE OR REPLACE FUNCTION ml.health_add_ratios() RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- as in ml.summarise
    c_lag CONSTANT interval := INTERVAL '1 minute';
    c_step CONSTANT interval := INTERVAL '1 day';
    c_budget CONSTANT interval := INTERVAL '1 minute';
    v_until CONSTANT timestamptz := clock_timestamp() - c_lag;
    v_deadline CONSTANT timestamptz := clock_timestamp() + c_budget;
    -- what is older makes no trend
    v_oldest CONSTANT timestamptz := v_until - ops.setting_interval('ml.trend_window');
    v_from timestamptz;
    v_to timestamptz;
    v_added bigint;
    v_count bigint := 0;
BEGIN
    INSERT INTO ml.health_clock (ratios_to) VALUES (v_oldest) ON CONFLICT (is_only) DO NOTHING;
    SELECT greatest(c.ratios_to, v_oldest) INTO v_from FROM ml.health_clock AS c FOR UPDATE;
    -- a loop, so that a long backlog is worked off in bounded steps over several runs
    WHILE v_from < v_until AND clock_timestamp() < v_deadline LOOP
        v_to := least(v_until, v_from + c_step);
        INSERT INTO ml.health_ratio_1h AS h (equipment_id, power, model_version, bucket, count, sum, max)
        SELECT p.equipment_id, p.power, p.model_version, date_trunc('hour', p.time, 'UTC') AS bucket, count(*),
               sum(r.ratio), max(r.ratio)
        FROM ml.serve_ml_predictions AS p
        CROSS JOIN LATERAL (
            SELECT max(ml.finite(e.value)) AS ratio FROM jsonb_each(p.ratio) AS e
        ) AS r
        WHERE p.received_at > v_from AND p.received_at <= v_to AND p.time >= v_oldest AND p.stage = 'champion'
          AND r.ratio >= 0
        GROUP BY 1, 2, 3, 4
        ORDER BY 1, 2, 3, 4
        ON CONFLICT (equipment_id, power, model_version, bucket) DO UPDATE SET
            count = h.count + excluded.count, sum = h.sum + excluded.sum, max = greatest(h.max, excluded.max);
        GET DIAGNOSTICS v_added = ROW_COUNT;
        v_count := v_count + v_added;
        v_from := v_to;
    END LOOP;
    UPDATE ml.health_clock SET ratios_to = v_from;
    RETURN v_count;
END
$$;
COMMENT ON FUNCTION ml.health_add_ratios() IS
    'Adds the predictions received since its last run to ml.health_ratio_1h; each is read once. Returns how many hours '
    'of a bundle were written.';
REVOKE ALL ON FUNCTION ml.health_add_ratios() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.health_add_ratios() TO engineer;
