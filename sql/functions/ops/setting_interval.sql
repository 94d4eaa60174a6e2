CREATE OR REPLACE FUNCTION ops.setting_interval(p_name text) RETURNS interval
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
    -- a thousand years reach as far as one for ever, and can be added to any time
    RETURN CASE WHEN v_value IS NOT NULL THEN greatest(least(v_value::interval, INTERVAL '1000 years'), INTERVAL '-1000 years') END;
END
$$;
COMMENT ON FUNCTION ops.setting_interval(text) IS 'A setting as an interval, at most a thousand years, which can be added to any time. NULL when it is set to null, MW404 when there is none of that name.';
REVOKE ALL ON FUNCTION ops.setting_interval(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.setting_interval(text) TO viewer, thin;
