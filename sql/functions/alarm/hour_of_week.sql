CREATE OR REPLACE FUNCTION alarm.hour_of_week("time" timestamptz, zone text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ((extract(isodow FROM "time" AT TIME ZONE zone) - 1) * 24 + extract(hour FROM "time" AT TIME ZONE zone))::integer;
COMMENT ON FUNCTION alarm.hour_of_week(timestamptz, text) IS
    'Hour of the week in a time zone: 0 (Monday from 0:00) to 167 (Sunday from 23:00), by the clock on the wall also when that is changed.';
REVOKE ALL ON FUNCTION alarm.hour_of_week(timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.hour_of_week(timestamptz, text) TO viewer;
