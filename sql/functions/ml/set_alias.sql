CREATE OR REPLACE FUNCTION ml.set_alias(
    equipment_id text, power text, alias text, model_version text, reason text DEFAULT NULL, actor text DEFAULT session_user
) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_previous text;
BEGIN
    IF set_alias.model_version IS NOT NULL AND NOT EXISTS (
        SELECT FROM ml.serve_ml_models AS m
        WHERE m.equipment_id = set_alias.equipment_id AND m.power = set_alias.power
          AND m.model_version = set_alias.model_version AND m.status = 'ready') THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', COLUMN = 'model_version',
            MESSAGE = format('No bundle %s/%s/%s is ready', set_alias.equipment_id, set_alias.power, set_alias.model_version),
            HINT = 'SELECT model_version, status, status_reason FROM serve_ml_models shows what exists.';
    END IF;
    SELECT a.model_version INTO v_previous FROM ml.model_alias AS a
    WHERE a.equipment_id = set_alias.equipment_id AND a.power = set_alias.power AND a.alias = set_alias.alias
    FOR UPDATE;
    IF set_alias.model_version IS NULL THEN
        DELETE FROM ml.model_alias AS a
        WHERE a.equipment_id = set_alias.equipment_id AND a.power = set_alias.power AND a.alias = set_alias.alias;
    ELSE
        INSERT INTO ml.model_alias AS a (equipment_id, power, alias, model_version, set_by, reason)
        VALUES (set_alias.equipment_id, set_alias.power, set_alias.alias, set_alias.model_version, actor, set_alias.reason)
        ON CONFLICT (equipment_id, power, alias) DO UPDATE
        SET model_version = excluded.model_version, set_at = clock_timestamp(), set_by = excluded.set_by, reason = excluded.reason;
    END IF;
    INSERT INTO ml.model_alias_history (equipment_id, power, alias, model_version, previous_version, set_by, reason)
    VALUES (set_alias.equipment_id, set_alias.power, set_alias.alias, set_alias.model_version, v_previous, actor, set_alias.reason);
    PERFORM pg_notify('millwright_registry', '');
END
$$;
COMMENT ON FUNCTION ml.set_alias(text, text, text, text, text, text) IS
    'Names the champion or challenger of a machine and power; a NULL version takes the alias away. The change is written to ml.model_alias_history, from where it can be rolled back by naming previous_version. Errors: MW404.';
REVOKE ALL ON FUNCTION ml.set_alias(text, text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.set_alias(text, text, text, text, text, text) TO engineer;
