CREATE OR REPLACE FUNCTION ml.move_threshold(
    equipment_id text, power text, bundle_kind text, factor float8, reason text, actor text, backtest jsonb,
    undoes bigint DEFAULT NULL
) RETURNS ml.threshold_version
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_last ml.threshold_version;
    v_new ml.threshold_version;
BEGIN
    PERFORM ops.lock('ml.threshold:' || md5(concat_ws('/', move_threshold.equipment_id, move_threshold.power,
                                                      move_threshold.bundle_kind)));
    SELECT v.* INTO v_last FROM ml.threshold_version AS v
    WHERE v.equipment_id = move_threshold.equipment_id AND v.power = move_threshold.power
      AND v.bundle_kind = move_threshold.bundle_kind
    ORDER BY v.version DESC LIMIT 1;
    INSERT INTO ml.threshold_version (equipment_id, power, bundle_kind, version, factor, previous_factor, reason,
                                      backtest, undoes, set_by)
    VALUES (move_threshold.equipment_id, move_threshold.power, move_threshold.bundle_kind,
            coalesce(v_last.version, 0) + 1, move_threshold.factor, coalesce(v_last.factor, 1),
            nullif(btrim(move_threshold.reason), ''), move_threshold.backtest, move_threshold.undoes,
            move_threshold.actor)
    RETURNING * INTO v_new;
    RETURN v_new;
END
$$;
COMMENT ON FUNCTION ml.move_threshold(text, text, text, float8, text, text, jsonb, bigint) IS
    'Writes the next version of a threshold: for ml.adapt_thresholds, ml.set_threshold and ml.undo_threshold.';
REVOKE ALL ON FUNCTION ml.move_threshold(text, text, text, float8, text, text, jsonb, bigint) FROM PUBLIC;
