CREATE OR REPLACE FUNCTION rollup.take_zone() RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s rollup.day_state;
    v_zone text := plant.time_zone();
    v_first timestamptz;
BEGIN
    SELECT * INTO STRICT s FROM rollup.day_state;
    IF s.zone = v_zone THEN
        RETURN;
    END IF;
    -- Days whose hours are gone stay days of the zone that they were made in. The first day of the new zone begins where the last
    -- of these ends, so that each reading is in one day.
    SELECT min(d.bucket) INTO v_first FROM rollup.day AS d WHERE d.bucket >= s.kept_from;
    SELECT coalesce(max(d.bucket_end), '-infinity') INTO s.zone_from FROM rollup.day AS d WHERE d.bucket < s.kept_from;
    -- Where midnight is not on the hour, now or at that border, minutes are needed, too.
    IF s.zone_from < s.minutes_from AND (s.zone_from <> date_trunc('hour', s.zone_from, 'UTC')
        OR EXISTS (SELECT FROM rollup.days(v_first, s.minutes_from, v_zone, s.zone_from) AS d
                   WHERE d.first_hour <> d.bucket OR d.last_hour <> d.bucket_end)) THEN
        SELECT coalesce(max(d.bucket_end), '-infinity') INTO s.zone_from FROM rollup.day AS d WHERE d.bucket < s.minutes_from;
    END IF;
    DELETE FROM rollup.day AS d WHERE d.bucket >= s.zone_from;
    DELETE FROM rollup.calendar;
    UPDATE rollup.day_state SET zone = v_zone, zone_from = s.zone_from, finished_to = s.zone_from;
END
$$;
COMMENT ON FUNCTION rollup.take_zone() IS
    'When the setting plant.time_zone has changed: takes away the days that can be made anew in the new zone. Part of rollup.refresh.';
REVOKE ALL ON FUNCTION rollup.take_zone() FROM PUBLIC;
