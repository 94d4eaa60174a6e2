CREATE OR REPLACE FUNCTION ops.set_setting(p_name text, p_value jsonb, p_by text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- what the value may be is checked by the table's trigger (ops.check_setting), for psql as well
    UPDATE ops.setting SET value = coalesce(p_value, 'null'), updated_at = now(), updated_by = auth.acting(p_by) WHERE name = p_name;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format('there is no setting "%s"', p_name), COLUMN = 'name';
    END IF;
END
$$;
COMMENT ON FUNCTION ops.set_setting(text, jsonb, text) IS 'Changes a setting. MW404: no such setting; MW422: not of its type, or out of its range. Recorded as changed by the login or the user of the request; only thin may name another (p_by).';
REVOKE ALL ON FUNCTION ops.set_setting(text, jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.set_setting(text, jsonb, text) TO admin;
