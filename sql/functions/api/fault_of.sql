CREATE OR REPLACE FUNCTION api.fault_of(sqlstate text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT f.fault
    FROM api.sqlstate_fault AS f
    WHERE starts_with(fault_of.sqlstate, rtrim(f.pattern, '%')) AND (f.pattern LIKE '%\%' OR f.pattern = fault_of.sqlstate)
    -- a whole state before a beginning, a longer beginning before a shorter one
    ORDER BY f.pattern LIKE '%\%', length(f.pattern) DESC
    LIMIT 1
$$;
COMMENT ON FUNCTION api.fault_of(text) IS
    'Whose fault an SQLSTATE is: data, service, time or unclear (api.sqlstate_fault). thin holds the same rows and asks them itself.';
REVOKE ALL ON FUNCTION api.fault_of(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.fault_of(text) TO thin;
