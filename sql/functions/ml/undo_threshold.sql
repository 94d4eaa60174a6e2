CREATE OR REPLACE FUNCTION ml.undo_threshold(
    equipment_id text, power text, bundle_kind text, reason text DEFAULT NULL, actor text DEFAULT NULL
) RETURNS ml.threshold_version
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_last ml.threshold_version;
    v_actor text := auth.acting(undo_threshold.actor);
BEGIN
    IF length(undo_threshold.reason) > 2000 THEN
        PERFORM alarm.refuse('MW422', 'reason', 'reason must have at most 2000 characters');
    END IF;
    PERFORM ops.lock('ml.threshold:' || md5(concat_ws('/', undo_threshold.equipment_id, undo_threshold.power,
                                                      undo_threshold.bundle_kind)));
    -- the newest change that still stands: a second call goes one further back, not forth again
    SELECT v.* INTO v_last FROM ml.threshold_version AS v
    WHERE v.equipment_id = undo_threshold.equipment_id AND v.power = undo_threshold.power
      AND v.bundle_kind = undo_threshold.bundle_kind AND v.undoes IS NULL
      AND NOT EXISTS (SELECT FROM ml.threshold_version AS u WHERE u.undoes = v.id)
    ORDER BY v.version DESC LIMIT 1;
    IF NOT FOUND THEN
        PERFORM alarm.refuse('MW409', 'bundle_kind', format('no change of a threshold of "%s" is left to take back',
                                                            undo_threshold.equipment_id),
                             'ml.threshold_version shows what there was.');
    END IF;
    -- or the next run would move it there again
    INSERT INTO ml.threshold_policy AS p (equipment_id, power, bundle_kind, enabled, reason, set_by)
    VALUES (v_last.equipment_id, v_last.power, v_last.bundle_kind, false,
            concat_ws(': ', 'version ' || v_last.version || ' was taken back',
                      nullif(btrim(undo_threshold.reason), '')),
            v_actor)
    ON CONFLICT (equipment_id, power, bundle_kind) DO UPDATE SET
        enabled = false, reason = excluded.reason, set_at = clock_timestamp(), set_by = excluded.set_by;
    RETURN ml.move_threshold(v_last.equipment_id, v_last.power, v_last.bundle_kind, v_last.previous_factor,
                             undo_threshold.reason, v_actor, v_last.backtest, v_last.id);
END
$$;
COMMENT ON FUNCTION ml.undo_threshold(text, text, text, text, text) IS
    'Takes the last change of a threshold back, exactly; once more goes one further back. ml.adapt_thresholds leaves '
    'it alone from then on (a row of ml.threshold_policy, which an engineer may change). MW409: nothing is left.';
REVOKE ALL ON FUNCTION ml.undo_threshold(text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.undo_threshold(text, text, text, text, text) TO engineer;
