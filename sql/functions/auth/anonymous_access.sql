CREATE OR REPLACE FUNCTION auth.anonymous_access() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('role', s.role, 'networks', s.networks)
    FROM (SELECT ops.setting_text('auth.anonymous_role') AS role,
                 trim(coalesce(ops.setting_text('auth.anonymous_networks'), '')) AS networks OFFSET 0) AS s
    WHERE s.role IS NOT NULL AND s.networks <> ''
$$;
COMMENT ON FUNCTION auth.anonymous_access() IS
    'Whether anybody reads without a token, {role, networks}, or NULL: nobody does (settings auth.anonymous_role and '
    'auth.anonymous_networks, both of which must say so). Shown by ops.health; thin loads it with the routes and logs '
    'it.';
REVOKE ALL ON FUNCTION auth.anonymous_access() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.anonymous_access() TO thin;
