CREATE OR REPLACE FUNCTION ingest.backfill(longest interval DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_deadline timestamptz := clock_timestamp()
        + coalesce(backfill.longest, ops.setting_interval('ingest.backfill_step'));
    v_points integer := ops.setting_int('ingest.backfill_points');
    v_live timestamptz := telemetry.live_from();
    v_lane telemetry.history_lane;
    v_dimension record;
    v_first timestamptz;
    v_at bigint;
    v_ends bigint;
    v_width bigint;
    v_current bigint;
    v_taken record;
    v_moved bigint := 0;
    v_stored bigint := 0;
    v_is_second_round boolean := false;
BEGIN
    -- one lane; a bulk load has the right of way
    SELECT * INTO v_lane FROM telemetry.history_lane FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    v_moved := ingest.decode_backlog(v_deadline);
    IF v_moved > 0 AND clock_timestamp() >= v_deadline OR NOT EXISTS (SELECT FROM ingest.backlog) THEN
        RETURN v_moved;
    END IF;
    v_moved := 0;
    SELECT * INTO v_dimension FROM telemetry.reading_dimension();
    v_current := v_dimension.width;
    -- One turn a chunk, or a part of one: how wide a chunk becomes is decided when its first point goes in.
    LOOP
        SELECT b.time INTO v_first FROM ingest.backlog AS b WHERE b.time >= v_lane.position ORDER BY b.time, b.sensor_id
        LIMIT 1;
        IF NOT FOUND THEN
            EXIT WHEN v_is_second_round OR v_lane.position = '-infinity';
            v_is_second_round := true;
            v_lane.position := '-infinity';
            CONTINUE;
        END IF;
        v_at := _timescaledb_functions.to_unix_microseconds(v_first);
        SELECT CASE WHEN s.range_end > v_at THEN s.range_end END INTO v_ends
        FROM _timescaledb_catalog.dimension_slice AS s
        WHERE s.dimension_id = v_dimension.id AND s.range_start <= v_at
        ORDER BY s.range_start DESC LIMIT 1;
        IF v_ends IS NULL THEN
            v_width := ingest.backfill_width(v_first, v_dimension.width, v_live);
            IF v_width <> v_current THEN
                PERFORM telemetry.set_width(v_width);
                v_current := v_width;
            END IF;
            -- TimescaleDB cuts the new chunk where another begins
            SELECT least((SELECT b.ends FROM telemetry.history_block(v_at, v_width) AS b), (
                SELECT s.range_start FROM _timescaledb_catalog.dimension_slice AS s
                WHERE s.dimension_id = v_dimension.id AND s.range_start > v_at
                ORDER BY s.range_start LIMIT 1))
            INTO v_ends;
        END IF;
        WITH next AS (
            SELECT b.time, b.sensor_id FROM ingest.backlog AS b
            WHERE b.time >= v_first AND b.time < _timescaledb_functions.to_timestamp(v_ends)
            ORDER BY b.time, b.sensor_id LIMIT v_points
        ), taken AS (
            DELETE FROM ingest.backlog AS b USING next AS n WHERE b.time = n.time AND b.sensor_id = n.sensor_id
            RETURNING b.*
        ), stored AS (
            INSERT INTO telemetry.reading (time, value, sensor_id, quality, is_historical)
            SELECT t.time, t.value, t.sensor_id, t.quality, true FROM taken AS t ORDER BY t.sensor_id, t.time
            ON CONFLICT DO NOTHING
            RETURNING time, sensor_id
        )
        SELECT count(*) AS points, max(t.time) AS last, count(s.time) AS stored,
               array_agg(t.sensor_id) FILTER (WHERE s.time IS NULL) AS sensor_id,
               array_agg(t.time) FILTER (WHERE s.time IS NULL) AS time,
               array_agg(t.value) FILTER (WHERE s.time IS NULL) AS value,
               array_agg(t.quality) FILTER (WHERE s.time IS NULL) AS quality
        INTO v_taken
        FROM taken AS t LEFT JOIN stored AS s ON s.time = t.time AND s.sensor_id = t.sensor_id;
        IF v_taken.sensor_id IS NOT NULL THEN
            SELECT v_taken.stored + m.kept + m.replaced INTO v_taken.stored
            FROM ingest.settle_same_time('telemetry.reading', v_taken.sensor_id, v_taken.time, v_taken.value,
                                         v_taken.quality,
                                         array_fill(true, ARRAY[cardinality(v_taken.sensor_id)])) AS m;
        END IF;
        v_moved := v_moved + v_taken.points;
        v_stored := v_stored + v_taken.stored;
        v_lane.position := CASE WHEN v_taken.points < v_points THEN _timescaledb_functions.to_timestamp(v_ends)
                                ELSE v_taken.last END;
        EXIT WHEN clock_timestamp() >= v_deadline;
    END LOOP;
    IF v_current <> v_dimension.width THEN
        PERFORM telemetry.set_width(v_dimension.width);
    END IF;
    UPDATE telemetry.history_lane AS l
    SET position = v_lane.position, moved = l.moved + v_moved, duplicates = l.duplicates + v_moved - v_stored,
        last_moved_at = clock_timestamp();
    RETURN v_moved;
END
$$;
COMMENT ON FUNCTION ingest.backfill(interval) IS
    'Decodes the messages of ingest.backlog_message, then moves points from ingest.backlog into telemetry.reading, in '
    'order of time, for about so long (default: the setting ingest.backfill_step); returns how many points were moved, '
    'or, where there was time for decoding only, how many messages; 0: nothing waits, or another session is at it or '
    'at a bulk load. Sparse history gets wide chunks, dense history narrow ones. A point that is there already is '
    'dropped; one with another value at its time is kept as ingest.settle_same_time says. Run as a job.';
REVOKE ALL ON FUNCTION ingest.backfill(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.backfill(interval) TO admin;
