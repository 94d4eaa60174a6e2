CREATE OR REPLACE FUNCTION api.check_time_zone(time_zone text) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF time_zone IS NULL THEN
        RETURN plant.time_zone();
    ELSIF NOT EXISTS (SELECT FROM plant.known_time_zone AS z WHERE z.name = time_zone) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'time_zone', MESSAGE = 'time_zone must be the name of a time zone such as Asia/Seoul';
    END IF;
    RETURN time_zone;
END
$$;
COMMENT ON FUNCTION api.check_time_zone(text) IS 'The zone of a request, the plant''s where it names none; MW422 where there is no such zone.';
REVOKE ALL ON FUNCTION api.check_time_zone(text) FROM PUBLIC;
