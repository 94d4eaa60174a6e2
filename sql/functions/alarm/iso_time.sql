CREATE OR REPLACE FUNCTION alarm.iso_time(value timestamptz) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN to_char(value AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
COMMENT ON FUNCTION alarm.iso_time(timestamptz) IS 'A moment as ISO 8601 in UTC, whatever the session''s time zone.';
REVOKE ALL ON FUNCTION alarm.iso_time(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.iso_time(timestamptz) TO viewer;
