CREATE OR REPLACE FUNCTION relay.resolve_target(target text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN target LIKE 'role:%' THEN 'mailto:' || coalesce((
        SELECT string_agg(m.email, ',' ORDER BY m.id)
        FROM (SELECT a.id, a.email FROM auth.account AS a
              WHERE a.role = substr(target, 6) AND a.is_active
                  -- what a mail's header carries, as in relay.channel.target
                  AND a.email ~ '^[^[:space:],<>@:"]{1,64}@[A-Za-z0-9.-]{1,253}$'
              ORDER BY a.id LIMIT 50) AS m), '')
        ELSE target END
$$;
COMMENT ON FUNCTION relay.resolve_target(text) IS
    'Where a channel''s messages go now: of role:admin the addresses of the active accounts that have the role, as '
    'mailto:.';
REVOKE ALL ON FUNCTION relay.resolve_target(text) FROM PUBLIC;
