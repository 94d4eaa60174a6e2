CREATE OR REPLACE FUNCTION alarm.learn_anew(
    equipment_id text, reason text DEFAULT NULL, since timestamptz DEFAULT NULL, actor text DEFAULT NULL
) RETURNS alarm.multivariate_reset
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_row alarm.multivariate_reset;
    v_since timestamptz := coalesce(learn_anew.since, clock_timestamp());
BEGIN
    IF NOT EXISTS (SELECT FROM plant.equipment AS e WHERE e.id = learn_anew.equipment_id) THEN
        PERFORM alarm.refuse('MW404', 'equipment_id', format('there is no equipment "%s"', learn_anew.equipment_id));
    ELSIF NOT isfinite(v_since) OR v_since > clock_timestamp() THEN
        PERFORM alarm.refuse('MW422', 'since', 'since must not lie in the future');
    ELSIF length(learn_anew.reason) > 2000 THEN
        PERFORM alarm.refuse('MW422', 'reason', 'reason must have at most 2000 characters');
    END IF;
    INSERT INTO alarm.multivariate_reset (equipment_id, since, reason, set_by)
    VALUES (learn_anew.equipment_id, v_since, nullif(btrim(learn_anew.reason), ''), auth.acting(learn_anew.actor))
    RETURNING * INTO v_row;
    -- nothing is judged by what was, from now on
    DELETE FROM alarm.multivariate_model AS m
    WHERE m.equipment_id = learn_anew.equipment_id AND m.learned_from < v_since;
    RETURN v_row;
END
$$;
COMMENT ON FUNCTION alarm.learn_anew(text, text, timestamptz, text) IS
    'Says that a machine is not what it was (since: now): what is normal for its signals together is learned anew, and '
    'until then not judged. Maintenance (a part installed, a work order done) says so by itself. MW404, MW422.';
REVOKE ALL ON FUNCTION alarm.learn_anew(text, text, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.learn_anew(text, text, timestamptz, text) TO engineer;
