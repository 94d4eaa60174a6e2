CREATE OR REPLACE FUNCTION api.list_severities() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('items', coalesce(jsonb_agg(jsonb_build_object('name', s.name, 'rank', s.rank, 'colour', s.colour)
            ORDER BY s.rank DESC), '[]'),
        'total', count(*), 'next_cursor', NULL)
    FROM alarm.severity AS s
$$;
COMMENT ON FUNCTION api.list_severities() IS 'The severities there are, worst first: what lists of alarms are sorted by.';
REVOKE ALL ON FUNCTION api.list_severities() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_severities() TO viewer;
