CREATE OR REPLACE FUNCTION ops.setting_float(p_name text) RETURNS float8
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
    RETURN v_value::float8;
END
$$;
COMMENT ON FUNCTION ops.setting_float(text) IS 'A setting as a number, in the unit of its row. NULL when it is set to null, MW404 when there is none of that name.';
REVOKE ALL ON FUNCTION ops.setting_float(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.setting_float(text) TO viewer, thin;
