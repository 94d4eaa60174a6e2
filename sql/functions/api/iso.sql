CREATE OR REPLACE FUNCTION api.iso(moment timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
-- bound when it is created, so that it needs no search_path and is inlined: lists call it for every row
RETURN alarm.iso_time(moment);
COMMENT ON FUNCTION api.iso(timestamptz) IS 'A time as every answer writes it: ISO 8601, UTC, microseconds, Z.';
REVOKE ALL ON FUNCTION api.iso(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.iso(timestamptz) TO viewer;
