-- One conversion per value, and floats: a season is looked up for millions of them. 1 January 1970 was a Thursday, 72
-- hours after a Monday.
CREATE OR REPLACE FUNCTION alarm.hour_of_week("time" timestamptz, zone text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (((floor(date_part('epoch', "time" AT TIME ZONE zone) / 3600)::bigint + 72) % 168 + 168) % 168)::integer;
COMMENT ON FUNCTION alarm.hour_of_week(timestamptz, text) IS
    'Hour of the week in a time zone: 0 (Monday from 0:00) to 167 (Sunday from 23:00), by the clock on the wall also '
    'when that is changed.';
REVOKE ALL ON FUNCTION alarm.hour_of_week(timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.hour_of_week(timestamptz, text) TO viewer;
