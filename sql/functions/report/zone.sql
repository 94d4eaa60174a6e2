CREATE OR REPLACE FUNCTION report.zone(zone text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF coalesce(zone, '') = '' THEN
        RETURN plant.time_zone();
    ELSIF NOT EXISTS (SELECT FROM pg_timezone_names AS z WHERE z.name = zone.zone) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'zone', MESSAGE = format('there is no time zone "%s"',
            left(zone, 64)),
            HINT = 'The name of a time zone such as Asia/Seoul.';
    END IF;
    RETURN zone;
END
$$;
COMMENT ON FUNCTION report.zone(text) IS
    'The zone that a report is in: the one that is asked for, else the plant''s. MW422: there is none of that name.';
REVOKE ALL ON FUNCTION report.zone(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.zone(text) TO viewer;
