CREATE OR REPLACE FUNCTION ops.setting_int(p_name text) RETURNS integer
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_value text;
BEGIN
    SELECT value #>> '{}' INTO v_value FROM ops.setting WHERE name = p_name;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format('there is no setting "%s"', p_name);
    END IF;
    RETURN v_value::integer;
END
$$;
COMMENT ON FUNCTION ops.setting_int(text) IS 'A setting as an integer, in the unit of its row. NULL when it is set to null, MW404 when there is none of that name.';
REVOKE ALL ON FUNCTION ops.setting_int(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.setting_int(text) TO viewer, thin;
