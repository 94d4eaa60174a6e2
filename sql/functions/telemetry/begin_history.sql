CREATE OR REPLACE FUNCTION telemetry.begin_history(
    p_from timestamptz, p_to timestamptz, p_points bigint
) RETURNS interval
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_usual bigint := (SELECT d.width FROM telemetry.reading_dimension() AS d);
    v_width bigint := telemetry.longest_width(v_usual);
    v_span numeric;
    v_live timestamptz := telemetry.live_from();
    v_last timestamptz := clock_timestamp() + INTERVAL '1 day';
    v_at timestamptz;
BEGIN
    IF (p_from <= p_to AND isfinite(p_from) AND isfinite(p_to)) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'to', MESSAGE = 'to must not be before from, and both finite';
    ELSIF p_to > v_last THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'to', MESSAGE = 'history ends now: to lies in the future';
    END IF;
    PERFORM FROM telemetry.history_lane FOR UPDATE;
    IF EXISTS (SELECT FROM telemetry.history_lane AS l WHERE l.usual_interval IS NOT NULL) THEN
        RAISE EXCEPTION
            USING ERRCODE = 'MW409', MESSAGE = 'telemetry.begin_history was called already in this transaction',
            HINT = 'SELECT telemetry.end_history() first';
    END IF;
    -- Wide chunks are cut where others exist: one where history ends keeps them out of the days of live points, and a
    -- load that reaches into these finds them made. The lock that making chunks takes is held from here to commit:
    -- nobody waits for it while the next chunk exists.
    FOR v_at IN
        SELECT g FROM generate_series(v_live, greatest(v_live, least(p_to, v_last)),
                                      make_interval(secs => v_usual / 1000000.0)) AS g
        UNION SELECT clock_timestamp() UNION SELECT v_last
    LOOP
        PERFORM telemetry.make_chunk(v_at);
    END LOOP;
    v_span := greatest(extract(epoch FROM p_to - p_from) * 1000000, 1);
    WHILE v_width > v_usual
        AND v_width * (coalesce(p_points, 0) / v_span) > ops.setting_int('telemetry.history_chunk_points') LOOP
        v_width := v_width / 2;
    END LOOP;
    UPDATE telemetry.history_lane SET usual_interval = make_interval(secs => v_usual / 1000000.0);
    PERFORM telemetry.set_width(v_width);
    RETURN make_interval(secs => v_width / 1000000.0);
END
$$;
COMMENT ON FUNCTION telemetry.begin_history(timestamptz, timestamptz, bigint) IS
    'For bulk loads: from here on this transaction''s COPY or INSERT of about p_points points (NULL: sparse) measured '
    'from p_from to p_to makes chunks as wide as these are sparse (returned). telemetry.end_history() ends it; the '
    'commit does, too. Bulk loads and ingest.backfill wait for each other: commit every few seconds. MW422: an empty '
    'span, or one in the future. MW409: begun already.';
REVOKE ALL ON FUNCTION telemetry.begin_history(timestamptz, timestamptz, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.begin_history(timestamptz, timestamptz, bigint) TO admin;
