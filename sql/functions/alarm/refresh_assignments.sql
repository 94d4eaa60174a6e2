CREATE OR REPLACE FUNCTION alarm.refresh_assignments(rules bigint[] DEFAULT NULL) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT alarm.assign(rules, NULL)
$$;
COMMENT ON FUNCTION alarm.refresh_assignments(bigint[]) IS
    'Works out anew which sensors these rules (NULL: all) watch; returns how many sensors changed. Triggers call it: '
    'by hand only after a restore.';
REVOKE ALL ON FUNCTION alarm.refresh_assignments(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.refresh_assignments(bigint[]) TO engineer;
