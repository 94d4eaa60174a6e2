CREATE OR REPLACE FUNCTION telemetry.finished_days(
    sensor_ids integer[], "from" timestamptz, "to" timestamptz, zone text, pending_hours tstzmultirange
) RETURNS tstzmultirange
    LANGUAGE plpgsql STABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s rollup.day_state;
    v_gone timestamptz;
    v_days tstzmultirange := '{}';
    v_from timestamptz;
    v_to timestamptz;
BEGIN
    SELECT * INTO STRICT s FROM rollup.day_state;
    -- where hours have been dropped there are only the plant's days
    v_gone := greatest(s.kept_from, s.zone_from);
    IF "from" < v_gone THEN
        v_days := tstzmultirange(tstzrange("from", least("to", v_gone)));
    END IF;
    IF zone = s.zone AND "to" > v_gone THEN
        v_from := CASE WHEN "from" < v_gone THEN v_gone ELSE telemetry.bucket_start('day', "from" - INTERVAL '1 microsecond', zone, 1) END;
        v_to := least(telemetry.bucket_start('day', "to", zone), s.finished_to);
        IF v_from < v_to THEN
            v_days := v_days + (tstzmultirange(tstzrange(v_from, v_to)) - (
                SELECT coalesce(range_agg(tstzrange(telemetry.bucket_start('day', lower(r), zone),
                    telemetry.bucket_start('day', upper(r) - INTERVAL '1 microsecond', zone, 1))), '{}')
                FROM (
                    SELECT unnest(c.period) AS r FROM rollup.change AS c WHERE c.sensor_id = ANY (sensor_ids)
                    UNION ALL
                    SELECT unnest(pending_hours * tstzmultirange(tstzrange(v_from, v_to)))
                ) AS p
                WHERE p.r && tstzrange(v_from, v_to)));
        END IF;
    END IF;
    RETURN v_days;
END
$$;
COMMENT ON FUNCTION telemetry.finished_days(integer[], timestamptz, timestamptz, text, tstzmultirange) IS
    'The part of a range for which rollup.day has the days of a zone and is not behind; and that of which hours have been dropped, whatever the zone.';
REVOKE ALL ON FUNCTION telemetry.finished_days(integer[], timestamptz, timestamptz, text, tstzmultirange) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.finished_days(integer[], timestamptz, timestamptz, text, tstzmultirange) TO viewer;
