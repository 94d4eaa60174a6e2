CREATE OR REPLACE FUNCTION telemetry.set_width(width bigint) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM public.set_chunk_time_interval('telemetry.reading', make_interval(secs => width / 1000000.0));
END
$$;
COMMENT ON FUNCTION telemetry.set_width(bigint) IS
    'How wide (microseconds) this transaction makes new chunks of telemetry.reading. Others see it from the commit on, '
    'by when it must be the usual width again; the caller holds the lock on telemetry.history_lane.';
REVOKE ALL ON FUNCTION telemetry.set_width(bigint) FROM PUBLIC;
