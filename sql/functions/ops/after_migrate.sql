CREATE OR REPLACE FUNCTION ops.after_migrate() RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- signals are compiled from rules: what another version of the compiler made is made anew
    IF (SELECT s.compiler FROM alarm.sweep AS s) IS DISTINCT FROM alarm.compiler() THEN
        PERFORM alarm.sweep_assignments();
    END IF;
    -- the table of finished hours may be a new one
    PERFORM rollup.watch_hours();
END
$$;
COMMENT ON FUNCTION ops.after_migrate() IS
    'What follows from new functions and seed rows in the rows that were derived by the old ones. The last step of thin migrate, in its transaction.';
REVOKE ALL ON FUNCTION ops.after_migrate() FROM PUBLIC;
