CREATE OR REPLACE FUNCTION telemetry.coarse(ranges tstzmultirange, most integer) RETURNS tstzmultirange
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_ranges tstzmultirange := ranges;
    v_width interval;
BEGIN
    FOREACH v_width IN ARRAY '{1 hour,1 day}'::interval[] LOOP
        EXIT WHEN (SELECT count(*) FROM unnest(v_ranges)) <= most;
        SELECT range_agg(tstzrange(date_bin(v_width, lower(r), '2000-01-01 00:00Z'),
                                   date_bin(v_width, upper(r) + v_width - INTERVAL '1 microsecond', '2000-01-01 00:00Z')))
        INTO v_ranges FROM unnest(v_ranges) AS r;
    END LOOP;
    RETURN v_ranges;
END
$$;
COMMENT ON FUNCTION telemetry.coarse(tstzmultirange, integer) IS
    'Ranges as they are, or rounded outward to hours, or days of UTC, where there are more than so many: to read a day at once is less than a thousand minutes one by one.';
REVOKE ALL ON FUNCTION telemetry.coarse(tstzmultirange, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.coarse(tstzmultirange, integer) TO viewer;
