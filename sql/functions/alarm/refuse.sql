CREATE OR REPLACE FUNCTION alarm.refuse(code text, member text, message text, hint text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF hint IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = code, COLUMN = coalesce(member, ''), MESSAGE = message;
    END IF;
    RAISE EXCEPTION USING ERRCODE = code, COLUMN = coalesce(member, ''), MESSAGE = message, HINT = hint;
END
$$;
COMMENT ON FUNCTION alarm.refuse(text, text, text, text) IS
    'Raises an error of class MW that names the member at fault and what to do about it.';
REVOKE ALL ON FUNCTION alarm.refuse(text, text, text, text) FROM PUBLIC;
