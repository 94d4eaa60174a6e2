CREATE OR REPLACE FUNCTION rollup.refresh() RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_first timestamptz;
    -- one transaction must not grow with the backlog, nor keep the other jobs waiting
    c_longest CONSTANT interval := INTERVAL '2 seconds';
    c_notes CONSTANT int := 2000;
    c_hours CONSTANT int := 5000;
    v_deadline timestamptz := clock_timestamp() + c_longest;
    s rollup.day_state;
    v_taken int;
    v_done int := 0;
    v_sensor_ids integer[];
    v_from timestamptz[];
    v_to timestamptz[];
    v_hours_to timestamptz;
    v_day record;
    v_span record;
    -- the minute that runs is counted when it is over
    v_now timestamptz := date_bin('1 minute', now(), '2000-01-01 00:00Z');
BEGIN
    -- one at a time; a reader sees days and the border together
    PERFORM FROM rollup.day_state FOR UPDATE;
    PERFORM rollup.note_dropped();
    PERFORM rollup.take_zone();
    EXECUTE format('SELECT max(bucket) + INTERVAL ''1 hour'' FROM %s', rollup.finished('reading_1h')) INTO v_hours_to;
    -- Batches in a loop, each some thousand hours: until nothing is left, or the time is over.
    LOOP
        SELECT * INTO STRICT s FROM rollup.day_state;
        -- The notes first, the hours afterwards: an hour and its note commit together.
        WITH taken AS (
            DELETE FROM rollup.change WHERE ctid = ANY (ARRAY(
                SELECT n.ctid FROM (
                    SELECT c.ctid, sum((SELECT sum(extract(epoch FROM upper(p) - lower(p)) / 3600) FROM unnest(c.period) AS p))
                        OVER (ORDER BY c.ctid) AS hours, row_number() OVER (ORDER BY c.ctid) AS place
                    FROM (SELECT ctid, period FROM rollup.change LIMIT c_notes) AS c
                ) AS n
                WHERE n.place = 1 OR n.hours <= c_hours))
            RETURNING sensor_id, period
        ),
        span AS (
            SELECT t.sensor_id, unnest(range_agg(t.period)) AS period FROM taken AS t GROUP BY t.sensor_id
        )
        SELECT array_agg(x.sensor_id), array_agg(lower(x.period)), array_agg(upper(x.period)), count(*)
        INTO v_sensor_ids, v_from, v_to, v_taken FROM span AS x;
        EXIT WHEN v_taken = 0;
        PERFORM rollup.refresh_sketches(v_sensor_ids, v_from, v_to);
        -- a minute's state is held into the next hour, where a start may follow from it
        FOR v_span IN
            SELECT greatest(x.start, s.minutes_from) AS start, least(x.stop + INTERVAL '1 hour', v_now) AS stop,
                array_agg(DISTINCT e.equipment_id) AS equipment_ids
            FROM unnest(v_sensor_ids, v_from, v_to) AS x (sensor_id, start, stop)
            JOIN plant.sensor AS e ON e.id = x.sensor_id
            WHERE x.start < v_now AND x.stop > s.minutes_from
            GROUP BY 1, 2
        LOOP
            PERFORM rollup.refresh_machines(v_span.start, v_span.stop, v_span.equipment_ids);
        END LOOP;
        FOR v_day IN
            SELECT d.bucket, d.bucket_end, d.first_hour, d.last_hour, array_agg(DISTINCT x.sensor_id) AS sensor_ids,
                -- its other hours, or the minutes at its ends, may have been dropped
                d.bucket < greatest(s.kept_from, s.zone_from, CASE WHEN d.first_hour <> d.bucket OR d.last_hour <> d.bucket_end
                    THEN s.minutes_from END) AS is_frozen
            FROM unnest(v_sensor_ids, v_from, v_to) AS x (sensor_id, start, stop)
            CROSS JOIN LATERAL (
                SELECT d.* FROM rollup.days(x.start, least(x.stop, s.finished_to), s.zone, s.zone_from) AS d
                WHERE x.start < s.finished_to AND x.stop > s.zone_from
                UNION ALL
                -- history that comes for the time of an older zone
                SELECT d.bucket, least(d.bucket_end, s.zone_from), d.first_hour,
                    greatest(d.first_hour, least(d.last_hour, date_bin('1 hour', s.zone_from, '2000-01-01 00:00Z')))
                FROM rollup.days(x.start, least(x.stop, s.zone_from), s.zone) AS d
                WHERE x.start < s.zone_from
            ) AS d
            GROUP BY 1, 2, 3, 4
        LOOP
            IF NOT v_day.is_frozen THEN
                DELETE FROM rollup.day AS d WHERE d.bucket = v_day.bucket AND d.sensor_id = ANY (v_day.sensor_ids);
            END IF;
            INSERT INTO rollup.day AS d
            SELECT c.* FROM rollup.compute_day(v_day.bucket, v_day.bucket_end, v_day.first_hour, v_day.last_hour, v_day.sensor_ids) AS c
            WHERE NOT v_day.is_frozen OR NOT EXISTS (
                SELECT FROM rollup.day AS x
                WHERE x.sensor_id = c.sensor_id AND x.bucket <> c.bucket AND x.bucket < c.bucket_end AND x.bucket_end > c.bucket)
            ON CONFLICT (sensor_id, bucket) DO UPDATE SET bucket_end = excluded.bucket_end, count = excluded.count, min = excluded.min,
                max = excluded.max, mean = excluded.mean, sum = excluded.sum, sum_sq = excluded.sum_sq, first = excluded.first,
                last = excluded.last, first_time = excluded.first_time, last_time = excluded.last_time, sketch = excluded.sketch
            -- of a day that has lost hours, what knows of more readings is nearer to the truth
            WHERE excluded.count >= d.count;
        END LOOP;
        v_done := v_done + v_taken;
        EXIT WHEN clock_timestamp() > v_deadline;
    END LOOP;
    -- Days whose hours are all finished, one after the other, those with data only.
    WHILE clock_timestamp() < v_deadline LOOP
        SELECT * INTO STRICT s FROM rollup.day_state;
        EXECUTE format('SELECT min(bucket) FROM %s WHERE bucket > $1 - INTERVAL ''1 hour''', rollup.finished('reading_1h'))
            INTO v_first USING s.finished_to;
        EXIT WHEN v_first IS NULL;
        SELECT d.* INTO v_day FROM rollup.days(greatest(v_first, s.finished_to), greatest(v_first, s.finished_to) + INTERVAL '1 microsecond',
            s.zone, s.zone_from) AS d LIMIT 1;
        EXIT WHEN NOT FOUND OR v_day.bucket_end > v_hours_to;
        INSERT INTO rollup.day
        SELECT * FROM rollup.compute_day(v_day.bucket, v_day.bucket_end, v_day.first_hour, v_day.last_hour)
        ON CONFLICT (sensor_id, bucket) DO NOTHING;
        UPDATE rollup.day_state SET finished_to = v_day.bucket_end;
        v_done := v_done + 1;
    END LOOP;
    -- who asks until nothing is left must not be told so before machines are followed up to now
    IF NOT rollup.follow_machines(v_now, v_deadline) THEN
        v_done := v_done + 1;
    END IF;
    RETURN v_done;
END
$$;
COMMENT ON FUNCTION rollup.refresh() IS
    'Job: brings sketches, machines'' states and days up to date with the finished hours, as far as it gets in 2 s; returns how many spans of hours and days it worked off, 0: nothing was left.';
REVOKE ALL ON FUNCTION rollup.refresh() FROM PUBLIC;
