CREATE OR REPLACE FUNCTION alarm.revise_derived("until" timestamptz, "now" timestamptz) RETURNS bigint[]
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    -- bounds one run, whatever came: the rest is taken up by the next
    c_sensors CONSTANT integer := 500;
    -- no further back, as alarm.judge_derived looks back itself
    c_horizon CONSTANT interval := '1 hour';
    v_longest_burst interval := ops.setting_interval('alarm.longest_burst');
    v_signal bigint[];
    v_since timestamptz[];
    v_reclocked boolean[];
    v_old bigint[];
BEGIN
    WITH taken AS MATERIALIZED (
        DELETE FROM alarm.late_sample AS l
        WHERE l.sensor_id IN (
            SELECT x.sensor_id FROM alarm.late_sample AS x GROUP BY x.sensor_id ORDER BY min(x.id) LIMIT c_sensors)
        RETURNING l.sensor_id, l.since, l.reclocked
    ), late AS (
        SELECT t.sensor_id, min(t.since) AS since, min(t.since) FILTER (WHERE t.reclocked) AS clock_since
        FROM taken AS t GROUP BY t.sensor_id
    ), put_back AS (
        -- We were further than the sensor's own time: a clock that was put back, one that we had not heard, or a
        -- silence that was none, which counts from the arrival of the last point. What we had said of later was not its
        -- time.
        UPDATE alarm.derived_clock AS c
        SET evaluated_to = least(c.evaluated_to, alarm.sensor_time(revise_derived.until, t.time, t.received_at, t.burst,
                                                                   v_longest_burst))
        FROM late AS l
        JOIN alarm.signal AS g ON g.sensor_id = l.sensor_id AND NOT g.live
        JOIN alarm.condition AS n ON n.name = g.condition
        JOIN telemetry.latest AS t ON t.sensor_id = l.sensor_id
        WHERE c.signal_id = g.id AND (l.clock_since IS NOT NULL OR NOT c.heard OR n.judged = 'silence')
        RETURNING c.signal_id, l.clock_since IS NOT NULL AS reclocked
    ), told AS (
        SELECT g.id, min(l.since) AS since, coalesce(p.reclocked, false) AS reclocked,
               min(l.since) < max(c.evaluated_to) - c_horizon AS is_old
        FROM late AS l
        JOIN alarm.derived_source AS s ON s.sensor_id = l.sensor_id
        JOIN alarm.signal AS g ON g.id = s.signal_id AND g.assigned AND NOT g.live
        JOIN alarm.derived_clock AS c ON c.signal_id = g.id
        LEFT JOIN put_back AS p ON p.signal_id = g.id
        WHERE p.reclocked OR c.evaluated_to >= l.since
        GROUP BY g.id, p.reclocked
    )
    SELECT array_agg(d.id ORDER BY d.id) FILTER (WHERE NOT d.is_old OR d.reclocked),
           array_agg(d.since ORDER BY d.id) FILTER (WHERE NOT d.is_old OR d.reclocked),
           array_agg(d.reclocked ORDER BY d.id) FILTER (WHERE NOT d.is_old OR d.reclocked),
           array_agg(d.id) FILTER (WHERE d.is_old AND NOT d.reclocked)
    INTO v_signal, v_since, v_reclocked, v_old
    FROM told AS d;
    IF v_old IS NOT NULL THEN
        INSERT INTO telemetry.clock_event (equipment_id, received_at, unjudged)
        SELECT g.equipment_id, revise_derived.now, count(*) FROM alarm.signal AS g WHERE g.id = ANY (v_old)
        GROUP BY g.equipment_id;
    END IF;
    IF v_signal IS NULL THEN
        RETURN ARRAY[]::bigint[];
    END IF;
    PERFORM ops.lock(VARIADIC ARRAY(SELECT 'alarm.signal:' || u FROM unnest(v_signal) AS u));
    PERFORM FROM alarm.state AS s WHERE s.signal_id = ANY (v_signal) ORDER BY s.signal_id FOR NO KEY UPDATE;
    RETURN alarm.revise(v_signal, v_since, array_fill(true, ARRAY[cardinality(v_signal)]), v_reclocked,
                        revise_derived.now);
END
$$;
COMMENT ON FUNCTION alarm.revise_derived(timestamptz, timestamptz) IS
    'Takes up the late points that ingest noted (alarm.late_sample) and puts the history of the alarms right that '
    'rules judged by alarm.judge_derived made since (alarm.revise), up to where they were judged. until: of our clock, '
    'as far as the job goes. Returns the transitions for alarm.announce. Part of alarm.judge_derived.';
REVOKE ALL ON FUNCTION alarm.revise_derived(timestamptz, timestamptz) FROM PUBLIC;
