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
    -- 1.5, 2e3 and 1e50 are JSON numbers, too: whoever reads a setting must not fail for it
    RETURN CASE WHEN v_value IS NOT NULL THEN least(greatest(round(v_value::numeric), -2147483648), 2147483647)::integer END;
END
$$;
COMMENT ON FUNCTION ops.setting_int(text) IS 'A setting as an integer (rounded, as far as integers reach), in the unit of its row. NULL when it is set to null, MW404 when there is none of that name.';
REVOKE ALL ON FUNCTION ops.setting_int(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.setting_int(text) TO viewer, thin;
