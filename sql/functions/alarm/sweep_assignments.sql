CREATE OR REPLACE FUNCTION alarm.sweep_assignments() RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_compiler text := alarm.compiler();
    v_mended integer;
BEGIN
    PERFORM ops.lock('alarm.assign');
    PERFORM alarm.assign_waiting();
    v_mended := alarm.assign(NULL, NULL);
    UPDATE alarm.sweep AS s
    SET swept_at = clock_timestamp(), compiler = v_compiler,
        mended = s.mended + CASE WHEN s.compiler = v_compiler THEN v_mended ELSE 0 END,
        last_mended_at = CASE WHEN s.compiler = v_compiler AND v_mended > 0 THEN clock_timestamp()
                              ELSE s.last_mended_at END;
    RETURN v_mended;
END
$$;
COMMENT ON FUNCTION alarm.sweep_assignments() IS
    'Works out every rule''s signals anew, by a job and after each migration, and counts in alarm.sweep what it had to '
    'mend: nothing, unless something is changed past the triggers. Returns the pairs changed.';
REVOKE ALL ON FUNCTION alarm.sweep_assignments() FROM PUBLIC;
