CREATE OR REPLACE FUNCTION ml.set_alias(
    equipment_id text, power text, alias text, model_version text, reason text DEFAULT NULL, actor text DEFAULT NULL
) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM ml.move_alias(set_alias.equipment_id, set_alias.power, set_alias.alias, set_alias.model_version, set_alias.reason, auth.acting(set_alias.actor));
END
$$;
COMMENT ON FUNCTION ml.set_alias(text, text, text, text, text, text) IS
    'Names the champion or challenger of a machine and power; a NULL version takes the alias away. The challenger that becomes champion stops being challenger. Who, when and why stand in ml.model_alias_history; ml.rollback_alias takes it back. MW404: no such bundle. MW409: it is rejected, missing or retired, or the challenger would be the champion. MW422: alias.';
REVOKE ALL ON FUNCTION ml.set_alias(text, text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.set_alias(text, text, text, text, text, text) TO engineer;
