CREATE OR REPLACE FUNCTION ops.watched_since("now" timestamptz DEFAULT clock_timestamp()) RETURNS timestamptz
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT min(p.started_at) FROM ops.live_processes(watched_since.now) AS p
$$;
COMMENT ON FUNCTION ops.watched_since(timestamptz) IS
    'Since when some thin has been here that still is: nothing was received, sent or run before. NULL: none is heard.';
REVOKE ALL ON FUNCTION ops.watched_since(timestamptz) FROM PUBLIC;
