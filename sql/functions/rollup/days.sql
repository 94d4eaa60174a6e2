CREATE OR REPLACE FUNCTION rollup.days(p_from timestamptz, p_to timestamptz, p_zone text, p_zone_from timestamptz DEFAULT '-infinity')
    RETURNS TABLE (bucket timestamptz, bucket_end timestamptz, first_hour timestamptz, last_hour timestamptz)
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_start timestamptz := telemetry.bucket_start('day', p_from, p_zone);
BEGIN
    IF NOT isfinite(p_from) OR NOT isfinite(p_to) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = 'days have a beginning and an end', COLUMN = 'from';
    END IF;
    -- each day begins where the one before ended
    WHILE v_start < p_to LOOP
        bucket_end := telemetry.bucket_start('day', v_start, p_zone, 1);
        bucket := greatest(v_start, p_zone_from);
        first_hour := date_bin('1 hour', bucket + INTERVAL '1 hour' - INTERVAL '1 microsecond', '2000-01-01 00:00Z');
        last_hour := greatest(first_hour, date_bin('1 hour', bucket_end, '2000-01-01 00:00Z'));
        IF bucket < bucket_end THEN
            RETURN NEXT;
        END IF;
        v_start := bucket_end;
    END LOOP;
END
$$;
COMMENT ON FUNCTION rollup.days(timestamptz, timestamptz, text, timestamptz) IS
    'Days of a zone from … to, whole ones, clipped to p_zone_from; with the whole hours of UTC that each holds: from first_hour to last_hour (exclusive).';
REVOKE ALL ON FUNCTION rollup.days(timestamptz, timestamptz, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rollup.days(timestamptz, timestamptz, text, timestamptz) TO viewer;
