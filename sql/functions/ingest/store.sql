CREATE OR REPLACE FUNCTION ingest.store(
    sensor_id integer[], "time" timestamptz[], value float8[], quality smallint[], is_historical boolean[],
    received_at timestamptz,
    OUT stored integer, OUT duplicates integer, OUT historical integer,
    OUT alarm_transitions integer, OUT outbox_rows integer, OUT same_time integer, OUT replaced integer
)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_shortest_burst CONSTANT interval := '5 seconds';
    v_sensor integer[] := store.sensor_id;
    v_time timestamptz[] := store.time;
    v_value float8[] := store.value;
    v_quality smallint[] := store.quality;
    v_historical boolean[] := store.is_historical;
    v_received timestamptz := store.received_at;
    v_historical_before timestamptz := clock_timestamp() - ops.setting_interval('ingest.historical_after');
    v_given integer := coalesce(cardinality(store.sensor_id), 0);
    v_oldest timestamptz;
    -- points that wait in ingest.backlog now, and how many are left for the live path
    v_put_off integer := 0;
    v_rest integer := v_given;
    -- the sensors of the batch and where in the arrays the first and the newest point of each stand
    v_heard integer[];
    v_first bigint[];
    v_last bigint[];
    -- sensors of which a point is not newer than what they told before, and what that was
    v_late integer[];
    v_seen timestamptz[];
    v_reclocked integer[];
    -- at what time the points are stored; NULL: at v_time. Where one took another's place it is judged a little after
    -- it.
    v_lies timestamptz[];
    v_met record;
BEGIN
    stored := 0; duplicates := 0; historical := 0; alarm_transitions := 0; outbox_rows := 0;
    same_time := 0; replaced := 0;
    IF v_given = 0 THEN
        RETURN;
    END IF;

    -- Two batches that share a sensor follow one another from here to commit; in sensor order, so they cannot deadlock.
    -- Which of them bring points that are not newer than what they told before is known only now, before the latest
    -- values move.
    SELECT array_agg(k.sensor_id), array_agg(k.start), array_agg(k.last), min(k.first),
           array_agg(k.sensor_id) FILTER (WHERE k.first <= k.seen), array_agg(k.seen) FILTER (WHERE k.first <= k.seen)
    INTO v_heard, v_first, v_last, v_oldest, v_late, v_seen
    FROM (
        SELECT l.sensor_id, l.time AS seen, n.first AS start, n.last, v_time[n.first] AS first
        FROM (
            SELECT u.sensor_id, min(u.ordinal) AS first, max(u.ordinal) AS last
            FROM unnest(v_sensor) WITH ORDINALITY AS u (sensor_id, ordinal)
            GROUP BY u.sensor_id
        ) AS n
        JOIN telemetry.latest AS l ON l.sensor_id = n.sensor_id
        ORDER BY l.sensor_id
        FOR NO KEY UPDATE OF l
    ) AS k;

    -- History makes no chunks here: how wide they should be is known only when more of it is there (docs/adr/0008).
    IF v_oldest < v_historical_before AND v_oldest < telemetry.live_from() THEN
        SELECT p.sensor_id, p.time, p.value, p.quality, p.is_historical, p.accepted, p.same_time, p.replaced,
               coalesce(cardinality(p.sensor_id), 0)
        INTO v_sensor, v_time, v_value, v_quality, v_historical, v_put_off, same_time, replaced, v_rest
        FROM ingest.put_off(v_sensor, v_time, v_value, v_quality, v_historical) AS p;
    END IF;

    BEGIN
        -- A plain insert is twice as fast as one with ON CONFLICT (speculative insertion): try it first.
        INSERT INTO telemetry.reading (time, value, sensor_id, quality, is_historical)
        SELECT u.time, u.value, u.sensor_id, u.quality, u.is_historical OR u.time < v_historical_before
        FROM unnest(v_sensor, v_time, v_value, v_quality, v_historical)
            AS u (sensor_id, time, value, quality, is_historical);
        stored := v_rest;
    EXCEPTION WHEN unique_violation THEN
        -- Redelivered, at least in part, or another value at a time that has one. What had been stored was judged then:
        -- only the rest goes on from here.
        WITH given AS MATERIALIZED (
            SELECT u.*, row_number() OVER (PARTITION BY u.sensor_id, u.time ORDER BY u.ordinal) AS n
            FROM unnest(v_sensor, v_time, v_value, v_quality, v_historical) WITH ORDINALITY
                AS u (sensor_id, time, value, quality, is_historical, ordinal)
        ), added AS (
            INSERT INTO telemetry.reading (time, value, sensor_id, quality, is_historical)
            SELECT g.time, g.value, g.sensor_id, g.quality, g.is_historical OR g.time < v_historical_before
            FROM given AS g WHERE g.n = 1 ORDER BY g.ordinal
            ON CONFLICT DO NOTHING
            RETURNING sensor_id, time
        )
        SELECT count(*) FILTER (WHERE g.is_new) AS stored,
               array_agg(g.sensor_id ORDER BY g.ordinal) FILTER (WHERE g.is_new) AS sensor_id,
               array_agg(g.time ORDER BY g.ordinal) FILTER (WHERE g.is_new) AS time,
               array_agg(g.value ORDER BY g.ordinal) FILTER (WHERE g.is_new) AS value,
               array_agg(g.quality ORDER BY g.ordinal) FILTER (WHERE g.is_new) AS quality,
               array_agg(g.is_historical ORDER BY g.ordinal) FILTER (WHERE g.is_new) AS is_historical,
               array_agg(g.sensor_id ORDER BY g.ordinal) FILTER (WHERE NOT g.is_new) AS met_sensor,
               array_agg(g.time ORDER BY g.ordinal) FILTER (WHERE NOT g.is_new) AS met_time,
               array_agg(g.value ORDER BY g.ordinal) FILTER (WHERE NOT g.is_new) AS met_value,
               array_agg(g.quality ORDER BY g.ordinal) FILTER (WHERE NOT g.is_new) AS met_quality,
               array_agg(g.is_historical OR g.time < v_historical_before
                         ORDER BY g.ordinal) FILTER (WHERE NOT g.is_new) AS met_historical
        INTO v_met
        FROM (
            SELECT v.*, v.n = 1 AND a.sensor_id IS NOT NULL AS is_new
            FROM given AS v LEFT JOIN added AS a ON a.sensor_id = v.sensor_id AND a.time = v.time
        ) AS g;
        SELECT v_met.stored + t.kept, store.same_time + t.kept, store.replaced + t.replaced,
               o.sensor_id, o.judged_at, o.lies, o.value, o.quality, o.is_historical
        INTO stored, same_time, replaced, v_sensor, v_time, v_lies, v_value, v_quality, v_historical
        FROM ingest.settle_same_time('telemetry.reading', v_met.met_sensor, v_met.met_time, v_met.met_value,
                                     v_met.met_quality, v_met.met_historical) AS t
        CROSS JOIN LATERAL (
            SELECT array_agg(x.sensor_id ORDER BY x.sensor_id, x.judged_at) AS sensor_id,
                   array_agg(x.judged_at ORDER BY x.sensor_id, x.judged_at) AS judged_at,
                   array_agg(x.lies ORDER BY x.sensor_id, x.judged_at) AS lies,
                   array_agg(x.value ORDER BY x.sensor_id, x.judged_at) AS value,
                   array_agg(x.quality ORDER BY x.sensor_id, x.judged_at) AS quality,
                   array_agg(x.is_historical ORDER BY x.sensor_id, x.judged_at) AS is_historical
            FROM unnest(v_met.sensor_id || t.sensor_id, v_met.time || t.judged_at, v_met.time || t.time,
                        v_met.value || t.value, v_met.quality || t.quality, v_met.is_historical || t.is_historical)
                AS x (sensor_id, judged_at, lies, value, quality, is_historical)
        ) AS o;
    END;
    stored := stored + v_put_off;
    duplicates := v_given - stored - replaced;

    IF v_oldest < v_historical_before OR true = ANY (v_historical) THEN
        SELECT count(*) INTO historical
        FROM unnest(v_time, v_historical) AS u (time, is_historical)
        WHERE u.is_historical OR u.time < v_historical_before;
    END IF;
    IF historical > 0 THEN
        -- not marked by their sender: a wrong clock, or held up for long. No live alarm comes of them, so that is told.
        INSERT INTO telemetry.clock_event (equipment_id, received_at, clock_offset, historical)
        SELECT s.equipment_id, v_received, max(u.time) - v_received, count(*)
        FROM unnest(v_sensor, v_time, v_historical) AS u (sensor_id, time, is_historical)
        JOIN plant.sensor AS s ON s.id = u.sensor_id
        WHERE NOT u.is_historical AND u.time < v_historical_before
        GROUP BY s.equipment_id;
    END IF;
    IF historical + v_put_off > 0 THEN
        historical := historical + v_put_off;
        SELECT array_agg(u.sensor_id), array_agg(u.time), array_agg(u.lies), array_agg(u.value), array_agg(u.quality)
        INTO v_sensor, v_time, v_lies, v_value, v_quality
        FROM unnest(v_sensor, v_time, v_lies, v_value, v_quality, v_historical)
            AS u (sensor_id, time, lies, value, quality, is_historical)
        WHERE NOT u.is_historical AND u.time >= v_historical_before;
    END IF;
    IF v_sensor IS NULL THEN
        RETURN;
    END IF;

    IF cardinality(v_sensor) < v_given THEN
        SELECT array_agg(n.sensor_id), array_agg(n.first), array_agg(n.last) INTO v_heard, v_first, v_last
        FROM (
            SELECT u.sensor_id, min(u.ordinal) AS first, max(u.ordinal) AS last
            FROM unnest(v_sensor) WITH ORDINALITY AS u (sensor_id, ordinal)
            GROUP BY u.sensor_id
        ) AS n;
    END IF;
    -- late, or of a clock that was put back: what was redelivered is neither
    IF v_late IS NOT NULL THEN
        SELECT array_agg(l.sensor_id), array_agg(l.seen),
               (SELECT telemetry.step_back(array_agg(l.sensor_id), v_sensor, v_time, v_received))
        INTO v_late, v_seen, v_reclocked
        FROM unnest(v_late, v_seen) AS l (sensor_id, seen)
        WHERE EXISTS (SELECT FROM unnest(v_sensor, v_time) AS u (sensor_id, time) WHERE u.sensor_id = l.sensor_id
                      AND u.time <= l.seen);
    END IF;
    UPDATE telemetry.latest AS l
    SET time = greatest(l.time, coalesce(v_lies[n.last], v_time[n.last])), value = v_value[n.last],
        quality = v_quality[n.last], received_at = v_received,
        -- how much came at once; it fades. A few seconds are how brokers gather points.
        burst = CASE WHEN l.burst IS NOT NULL OR v_time[n.last] - v_time[n.first] >= c_shortest_burst
                     THEN nullif(greatest(v_time[n.last] - v_time[n.first], l.burst * 0.75, c_shortest_burst),
                                 c_shortest_burst) END
    FROM unnest(v_heard, v_first, v_last) AS n (sensor_id, first, last)
    WHERE l.sensor_id = n.sensor_id AND v_time[n.last] > l.time;
    PERFORM alarm.note_late(v_heard, v_first, coalesce(v_lies, v_time), v_reclocked);

    -- Kept and shown, but they judge nothing: values that their own sender calls bad.
    IF 2 = ANY (v_quality) THEN
        SELECT array_agg(u.sensor_id), array_agg(u.time), array_agg(u.value)
        INTO v_sensor, v_time, v_value
        FROM unnest(v_sensor, v_time, v_value, v_quality) AS u (sensor_id, time, value, quality)
        WHERE u.quality < 2;
    END IF;
    IF v_sensor IS NOT NULL THEN
        SELECT e.transitions, e.outbox_rows INTO alarm_transitions, outbox_rows
        FROM alarm.evaluate_batch(v_sensor, v_time, v_value, coalesce(v_late, '{}'), v_reclocked) AS e;
    END IF;
END
$$;
COMMENT ON FUNCTION ingest.store(integer[], timestamptz[], float8[], smallint[], boolean[], timestamptz) IS
    'Stores points of known sensors once each, moves the latest values forward, evaluates alarm rules on what is new '
    'and live. Every way in ends here: MQTT, HTTP, replay. Arrays of equal length sorted by sensor and time; time of '
    'measurement, value in the sensor''s unit. Points from before telemetry.live_from() that no open chunk takes are '
    'stored in ingest.backlog; ingest.backfill moves them on. The same point again is a duplicate; another value at a '
    'time that has one (ingest.settle_same_time) counts in same_time where it was stored beside it, in replaced where '
    'it took its place. stored, duplicates and replaced are all of them.';
REVOKE ALL ON FUNCTION ingest.store(integer[], timestamptz[], float8[], smallint[], boolean[], timestamptz) FROM PUBLIC;
