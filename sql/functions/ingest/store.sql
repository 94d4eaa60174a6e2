CREATE OR REPLACE FUNCTION ingest.store(
    sensor_id integer[], "time" timestamptz[], value float8[], quality smallint[], is_historical boolean[],
    received_at timestamptz,
    OUT stored integer, OUT duplicates integer, OUT historical integer,
    OUT alarm_transitions integer, OUT outbox_rows integer
)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_sensor integer[] := store.sensor_id;
    v_time timestamptz[] := store.time;
    v_value float8[] := store.value;
    v_quality smallint[] := store.quality;
    v_historical boolean[] := store.is_historical;
    v_received timestamptz := store.received_at;
    v_historical_before timestamptz := clock_timestamp() - ops.setting_interval('ingest.historical_after');
    v_given integer := coalesce(cardinality(store.sensor_id), 0);
    v_oldest timestamptz;
    -- the sensors of the batch and where in the arrays the newest point of each stands
    v_heard integer[];
    v_last bigint[];
    v_late integer[];
    v_seen timestamptz[];
BEGIN
    stored := 0; duplicates := 0; historical := 0; alarm_transitions := 0; outbox_rows := 0;
    IF v_given = 0 THEN
        RETURN;
    END IF;

    -- Two batches that share a sensor follow one another from here to commit; in sensor order, so they cannot deadlock.
    -- Which of them bring points that are not newer than what they told before is known only now, before the latest values move.
    SELECT array_agg(k.sensor_id), array_agg(k.last), min(k.first),
           array_agg(k.sensor_id) FILTER (WHERE k.first <= k.seen), array_agg(k.seen) FILTER (WHERE k.first <= k.seen)
    INTO v_heard, v_last, v_oldest, v_late, v_seen
    FROM (
        SELECT l.sensor_id, l.time AS seen, n.last, v_time[n.first] AS first
        FROM (
            SELECT u.sensor_id, min(u.ordinal) AS first, max(u.ordinal) AS last
            FROM unnest(v_sensor) WITH ORDINALITY AS u (sensor_id, ordinal)
            GROUP BY u.sensor_id
        ) AS n
        JOIN telemetry.latest AS l ON l.sensor_id = n.sensor_id
        ORDER BY l.sensor_id
        FOR NO KEY UPDATE OF l
    ) AS k;

    BEGIN
        -- A plain insert is twice as fast as one with ON CONFLICT (speculative insertion): try it first.
        INSERT INTO telemetry.reading (time, value, sensor_id, quality, is_historical)
        SELECT u.time, u.value, u.sensor_id, u.quality, u.is_historical OR u.time < v_historical_before
        FROM unnest(v_sensor, v_time, v_value, v_quality, v_historical)
            AS u (sensor_id, time, value, quality, is_historical);
        stored := v_given;
    EXCEPTION WHEN unique_violation THEN
        -- Redelivered, at least in part. What had been stored was judged then: only the rest goes on from here.
        WITH added AS (
            INSERT INTO telemetry.reading (time, value, sensor_id, quality, is_historical)
            SELECT u.time, u.value, u.sensor_id, u.quality, u.is_historical OR u.time < v_historical_before
            FROM unnest(v_sensor, v_time, v_value, v_quality, v_historical)
                AS u (sensor_id, time, value, quality, is_historical)
            ON CONFLICT DO NOTHING
            RETURNING sensor_id, time, value, quality, is_historical
        )
        SELECT array_agg(a.sensor_id), array_agg(a.time), array_agg(a.value), array_agg(a.quality), array_agg(a.is_historical),
               count(*)
        INTO v_sensor, v_time, v_value, v_quality, v_historical, stored
        FROM (SELECT * FROM added ORDER BY sensor_id, time) AS a;
    END;
    duplicates := v_given - stored;

    IF v_oldest < v_historical_before OR true = ANY (v_historical) THEN
        SELECT count(*) INTO historical
        FROM unnest(v_time, v_historical) AS u (time, is_historical)
        WHERE u.is_historical OR u.time < v_historical_before;
    END IF;
    IF historical > 0 THEN
        SELECT array_agg(u.sensor_id), array_agg(u.time), array_agg(u.value), array_agg(u.quality)
        INTO v_sensor, v_time, v_value, v_quality
        FROM unnest(v_sensor, v_time, v_value, v_quality, v_historical) AS u (sensor_id, time, value, quality, is_historical)
        WHERE NOT u.is_historical AND u.time >= v_historical_before;
    END IF;
    IF v_sensor IS NULL THEN
        RETURN;
    END IF;

    IF cardinality(v_sensor) < v_given THEN
        SELECT array_agg(n.sensor_id), array_agg(n.last) INTO v_heard, v_last
        FROM (
            SELECT u.sensor_id, max(u.ordinal) AS last
            FROM unnest(v_sensor) WITH ORDINALITY AS u (sensor_id, ordinal)
            GROUP BY u.sensor_id
        ) AS n;
    END IF;
    UPDATE telemetry.latest AS l
    SET time = v_time[n.last], value = v_value[n.last], quality = v_quality[n.last], received_at = v_received
    FROM unnest(v_heard, v_last) AS n (sensor_id, last)
    WHERE l.sensor_id = n.sensor_id AND v_time[n.last] > l.time;

    -- Kept and shown, but they judge nothing: values that their own sender calls bad, and those that come after a newer one.
    IF v_late IS NOT NULL OR 2 = ANY (v_quality) THEN
        SELECT array_agg(u.sensor_id), array_agg(u.time), array_agg(u.value)
        INTO v_sensor, v_time, v_value
        FROM unnest(v_sensor, v_time, v_value, v_quality) AS u (sensor_id, time, value, quality)
        LEFT JOIN unnest(v_late, v_seen) AS l (sensor_id, seen) ON l.sensor_id = u.sensor_id
        WHERE u.quality < 2 AND (l.seen IS NULL OR u.time > l.seen);
    END IF;
    IF v_sensor IS NOT NULL THEN
        SELECT e.transitions, e.outbox_rows INTO alarm_transitions, outbox_rows
        FROM alarm.evaluate_batch(v_sensor, v_time, v_value) AS e;
    END IF;
END
$$;
COMMENT ON FUNCTION ingest.store(integer[], timestamptz[], float8[], smallint[], boolean[], timestamptz) IS
    'Stores points of known sensors once each, moves the latest values forward, evaluates alarm rules on what is new and live. Every way in ends here: MQTT, HTTP, replay. Arrays of equal length sorted by sensor and time; time of measurement, value in the sensor''s unit.';
REVOKE ALL ON FUNCTION ingest.store(integer[], timestamptz[], float8[], smallint[], boolean[], timestamptz) FROM PUBLIC;
