CREATE OR REPLACE FUNCTION ml.retire_model(
    equipment_id text, power text, model_version text, is_retired boolean DEFAULT true, reason text DEFAULT NULL, actor text DEFAULT NULL
) RETURNS ml.serve_ml_models
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_model ml.serve_ml_models;
    v_alias text;
BEGIN
    IF length(retire_model.reason) > 1000 THEN
        PERFORM alarm.refuse('MW422', 'reason', 'reason must have at most 1000 characters');
    END IF;
    PERFORM ops.lock('ml.registry');
    SELECT m.* INTO v_model FROM ml.serve_ml_models AS m
    WHERE m.equipment_id = retire_model.equipment_id AND m.power = retire_model.power AND m.model_version = retire_model.model_version
    FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM alarm.refuse('MW404', 'model_version', format('there is no bundle %s/%s/%s', retire_model.equipment_id, retire_model.power,
            retire_model.model_version));
    END IF;
    SELECT a.alias INTO v_alias FROM ml.model_alias AS a
    WHERE a.equipment_id = v_model.equipment_id AND a.power = v_model.power AND a.model_version = v_model.model_version
    ORDER BY a.alias LIMIT 1;
    IF retire_model.is_retired AND v_alias IS NOT NULL THEN
        PERFORM alarm.refuse('MW409', 'model_version', format('%s is the %s of %s %s', v_model.model_version, v_alias, v_model.equipment_id, v_model.power),
            'Name another one first (ml.set_alias).');
    ELSIF retire_model.is_retired <> (v_model.status = 'retired') THEN
        UPDATE ml.serve_ml_models AS m
        SET status = CASE WHEN retire_model.is_retired THEN 'retired' ELSE 'missing' END, status_code = CASE WHEN retire_model.is_retired THEN 'retired' ELSE '' END,
            status_reason = CASE WHEN retire_model.is_retired THEN concat_ws(': ', 'by ' || auth.acting(retire_model.actor), retire_model.reason) END,
            updated_at = clock_timestamp()
        WHERE m.id = v_model.id;
        -- one that comes back is what the reports say of it
        PERFORM ml.refresh_model_status();
        -- with the last bundle of a power its alarm ends, too
        PERFORM alarm.assign_new(ARRAY[v_model.equipment_id]);
        PERFORM pg_notify('millwright_registry', '');
    END IF;
    SELECT m.* INTO v_model FROM ml.serve_ml_models AS m WHERE m.id = v_model.id;
    RETURN v_model;
END
$$;
COMMENT ON FUNCTION ml.retire_model(text, text, text, boolean, text, text) IS
    'Takes a version out of service for good, whatever thin reports of it, or (false) puts it back. MW404: no such bundle. MW409: it is champion or challenger.';
REVOKE ALL ON FUNCTION ml.retire_model(text, text, text, boolean, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.retire_model(text, text, text, boolean, text, text) TO engineer;
