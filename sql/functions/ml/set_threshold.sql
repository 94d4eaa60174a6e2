CREATE OR REPLACE FUNCTION ml.set_threshold(
    equipment_id text, power text, bundle_kind text, factor float8, reason text DEFAULT NULL, actor text DEFAULT NULL
) RETURNS ml.threshold_version
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_to timestamptz := clock_timestamp();
    v_from timestamptz := v_to - ops.setting_interval('ml.threshold_window');
    v_before float8 := coalesce(ml.threshold_factor(set_threshold.equipment_id, set_threshold.power,
                                                    set_threshold.bundle_kind), 1);
BEGIN
    IF set_threshold.factor IS NULL OR NOT set_threshold.factor BETWEEN 0.01 AND 100 THEN
        PERFORM alarm.refuse('MW422', 'factor', 'factor must be 0.01 to 100');
    ELSIF length(set_threshold.reason) > 2000 THEN
        PERFORM alarm.refuse('MW422', 'reason', 'reason must have at most 2000 characters');
    ELSIF NOT EXISTS (
        SELECT FROM ml.serve_ml_predictions AS p
        WHERE p.equipment_id = set_threshold.equipment_id AND p.power = set_threshold.power AND p.stage = 'champion'
          AND ml.bundle_kind(p.scores, p.thresholds, p.ratio, p.value) = set_threshold.bundle_kind) THEN
        PERFORM alarm.refuse('MW404', 'bundle_kind', format('no model of kind "%s" and power "%s" ever spoke for "%s"',
            set_threshold.bundle_kind, set_threshold.power, set_threshold.equipment_id));
    END IF;
    RETURN ml.move_threshold(
        set_threshold.equipment_id, set_threshold.power, set_threshold.bundle_kind, set_threshold.factor,
        set_threshold.reason, auth.acting(set_threshold.actor), (
            SELECT jsonb_build_object(
                'from', alarm.iso_time(v_from), 'to', alarm.iso_time(v_to), 'predictions', max(b.predictions),
                'weeks', max(b.weeks), 'before', (array_agg(to_jsonb(b)) FILTER (WHERE b.factor = v_before))[1],
                'after', (array_agg(to_jsonb(b)) FILTER (WHERE b.factor = set_threshold.factor))[1])
            FROM ml.threshold_backtest(set_threshold.equipment_id, set_threshold.power, set_threshold.bundle_kind,
                                       v_from, v_to, ARRAY[v_before, set_threshold.factor]) AS b));
END
$$;
COMMENT ON FUNCTION ml.set_threshold(text, text, text, float8, text, text) IS
    'Moves the threshold of a machine''s model of this power and kind by hand: it finds an anomaly where score / '
    'threshold is above factor. What the stored predictions say of that is kept with it. MW404, MW422.';
REVOKE ALL ON FUNCTION ml.set_threshold(text, text, text, float8, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.set_threshold(text, text, text, float8, text, text) TO engineer;
