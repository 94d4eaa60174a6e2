CREATE OR REPLACE FUNCTION ml.calibrate_rul_lite(
    equipment_id text, power text DEFAULT '*', "from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL
) RETURNS ml.rul_lite_threshold
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_longest CONSTANT interval := INTERVAL '366 days';
    v_to timestamptz := coalesce("to", clock_timestamp());
    v_from timestamptz := coalesce("from", v_to - INTERVAL '7 days');
    v_fewest integer := ops.setting_int('ml.rul_lite_samples');
    v_quantile float8 := ops.setting_float('ml.rul_lite_quantile');
    v_margin float8 := ops.setting_float('ml.rul_lite_margin');
    v_found record;
    v_row ml.rul_lite_threshold;
BEGIN
    PERFORM ops.check_span(v_from, v_to, c_longest);
    IF calibrate_rul_lite.power IS NULL OR length(calibrate_rul_lite.power) NOT BETWEEN 1 AND 64 THEN
        PERFORM alarm.refuse('MW422', 'power', 'power must have 1 to 64 characters');
    ELSIF NOT EXISTS (SELECT FROM plant.equipment AS e WHERE e.id = calibrate_rul_lite.equipment_id) THEN
        PERFORM alarm.refuse('MW404', 'equipment_id',
                             format('there is no equipment "%s"', calibrate_rul_lite.equipment_id));
    END IF;
    WITH axis AS MATERIALIZED (
        SELECT s.id, telemetry.field_type(s.type, s.name) AS name
        FROM plant.sensor AS s
        WHERE s.equipment_id = calibrate_rul_lite.equipment_id AND s.status <> 'retired'
          AND telemetry.field_type(s.type, s.name) IN ('x', 'y', 'z', 'vibe')
    ), point AS (
        SELECT r.time, a.name = 'vibe' AS is_vibration, r.value
        FROM axis AS a
        JOIN telemetry.reading AS r ON r.sensor_id = a.id AND r.time >= v_from AND r.time < v_to AND r.quality = 0
        -- what was known to be wrong is not normal
        WHERE NOT EXISTS (
            SELECT FROM plant.fault_span AS f
            WHERE f.equipment_id = calibrate_rul_lite.equipment_id AND f.starts_at <= r.time AND f.ends_at > r.time)
    ), magnitude AS (
        SELECT p.is_vibration,
               CASE WHEN p.is_vibration THEN max(abs(p.value)) ELSE sqrt(sum(power(p.value, 2))) END AS value
        FROM point AS p
        GROUP BY p.is_vibration, p.time
        -- all phases of one moment
        HAVING p.is_vibration OR count(*) = (SELECT count(*) FROM axis AS a WHERE a.name <> 'vibe')
    )
    SELECT percentile_cont(v_quantile) WITHIN GROUP (ORDER BY m.value) FILTER (WHERE NOT m.is_vibration) AS current,
           percentile_cont(v_quantile) WITHIN GROUP (ORDER BY m.value) FILTER (WHERE m.is_vibration) AS vibration,
           count(*) FILTER (WHERE NOT m.is_vibration) AS current_samples,
           count(*) FILTER (WHERE m.is_vibration) AS vibration_samples
    INTO v_found
    FROM magnitude AS m;
    v_row.current_threshold := CASE WHEN v_found.current_samples >= v_fewest
                                    THEN nullif(ops.carried(v_found.current * v_margin), 0) END;
    v_row.vibration_threshold :=
        CASE WHEN v_found.vibration_samples >= v_fewest THEN nullif(ops.carried(v_found.vibration * v_margin), 0) END;
    IF num_nonnulls(v_row.current_threshold, v_row.vibration_threshold) = 0 THEN
        PERFORM alarm.refuse('MW409', 'samples', format(
            'no threshold can be learned from %s moments of all currents and %s of vibration of %s; it takes %s that '
            'are not all zero',
            v_found.current_samples, v_found.vibration_samples, calibrate_rul_lite.equipment_id, v_fewest),
            'Points of bad or uncertain quality and times of a known fault do not count.');
    END IF;
    INSERT INTO ml.rul_lite_threshold AS t (equipment_id, power, current_threshold, vibration_threshold, source,
                                            samples, learned_from, learned_to)
    VALUES (calibrate_rul_lite.equipment_id, calibrate_rul_lite.power, v_row.current_threshold,
            v_row.vibration_threshold, 'learned',
            least(CASE WHEN v_row.current_threshold IS NOT NULL THEN v_found.current_samples END,
                  CASE WHEN v_row.vibration_threshold IS NOT NULL THEN v_found.vibration_samples END), v_from, v_to)
    ON CONFLICT (equipment_id, power) DO UPDATE SET
        current_threshold = excluded.current_threshold, vibration_threshold = excluded.vibration_threshold,
        source = excluded.source,
        samples = excluded.samples, learned_from = excluded.learned_from, learned_to = excluded.learned_to,
        set_at = excluded.set_at, set_by = excluded.set_by
    RETURNING t.* INTO v_row;
    RETURN v_row;
END
$$;
COMMENT ON FUNCTION ml.calibrate_rul_lite(text, text, timestamptz, timestamptz) IS
    'Learns the thresholds of RUL-lite for a machine (and power; * for all) from its good readings from … to (default: '
    'the last 7 days), known faults left out: a quantile times a margin (settings ml.rul_lite_quantile, '
    'ml.rul_lite_margin). Of currents and vibration only what there are enough readings of (ml.rul_lite_samples). '
    'MW409: too few. MW404, MW422.';
REVOKE ALL ON FUNCTION ml.calibrate_rul_lite(text, text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.calibrate_rul_lite(text, text, timestamptz, timestamptz) TO engineer;
