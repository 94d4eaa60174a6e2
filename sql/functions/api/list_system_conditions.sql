CREATE OR REPLACE FUNCTION api.list_system_conditions() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('items', coalesce(jsonb_agg(api.system_condition_json(c) ORDER BY c.name), '[]'), 'total', count(*),
        'next_cursor', NULL)
    FROM alarm.system_condition AS c
$$;
COMMENT ON FUNCTION api.list_system_conditions() IS
    'How Millwright itself can fail: from when on people are told, and what is beyond a limit now.';
REVOKE ALL ON FUNCTION api.list_system_conditions() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_system_conditions() TO viewer;
