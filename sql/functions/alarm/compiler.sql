CREATE OR REPLACE FUNCTION alarm.compiler() RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT md5(string_agg(pg_get_functiondef(p.oid), E'\n' ORDER BY p.oid::regprocedure::text))
    FROM pg_proc AS p
    WHERE p.pronamespace = 'alarm'::regnamespace
      AND p.proname IN ('compile', 'match', 'like_patterns', 'assign', 'as_spoken')
$$;
COMMENT ON FUNCTION alarm.compiler() IS
    'Fingerprint of the functions that decide which signals there are and what stands in them.';
REVOKE ALL ON FUNCTION alarm.compiler() FROM PUBLIC;
