CREATE OR REPLACE FUNCTION alarm.learn_multivariate(
    "now" timestamptz DEFAULT clock_timestamp(), equipment text[] DEFAULT NULL, most_hours integer DEFAULT 5000
) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    -- what is late by less than that is still counted
    v_finished timestamptz := date_trunc('hour', learn_multivariate.now - INTERVAL '5 minutes', 'UTC');
    v_from timestamptz := date_trunc('hour', learn_multivariate.now
                                     - ops.setting_interval('alarm.multivariate_window'), 'UTC');
    v_width interval := ops.setting_text('alarm.multivariate_bucket')::interval;
    v_machines text[];
    v_since timestamptz[];
    v_until timestamptz[];
    v_models integer;
BEGIN
    IF NOT ops.try_lock('alarm.learn_multivariate') THEN
        RETURN NULL;
    END IF;
    -- signals that came or went, or another width: other sums, of the same readings
    WITH wanted AS MATERIALIZED (
        SELECT s.equipment_id, s.sensors
        FROM alarm.multivariate_signals(learn_multivariate.now, learn_multivariate.equipment) AS s
    ), gone AS (
        DELETE FROM alarm.multivariate_clock AS k
        WHERE (learn_multivariate.equipment IS NULL OR k.equipment_id = ANY (learn_multivariate.equipment))
          AND NOT EXISTS (SELECT FROM wanted AS w WHERE w.equipment_id = k.equipment_id)
        RETURNING k.equipment_id
    ), changed AS (
        INSERT INTO alarm.multivariate_clock AS k (equipment_id, sensors, width, summed_to)
        SELECT w.equipment_id, w.sensors, v_width, (
            -- since when the last of them has spoken
            SELECT coalesce(max(f.bucket), v_from)
            FROM unnest(w.sensors) AS u (sensor_id)
            CROSS JOIN LATERAL (
                SELECT r.bucket FROM rollup.reading_1h AS r
                WHERE r.sensor_id = u.sensor_id AND r.bucket >= v_from ORDER BY r.bucket LIMIT 1) AS f)
        FROM wanted AS w ORDER BY w.equipment_id
        ON CONFLICT (equipment_id) DO UPDATE SET
            sensors = excluded.sensors, width = excluded.width, summed_to = excluded.summed_to,
            signals_since = clock_timestamp(), learned_at = NULL
        WHERE (k.sensors, k.width) IS DISTINCT FROM (excluded.sensors, excluded.width)
        RETURNING k.equipment_id
    ), outdated AS MATERIALIZED (
        SELECT g.equipment_id FROM gone AS g UNION ALL SELECT c.equipment_id FROM changed AS c
    ), hour AS (
        DELETE FROM alarm.multivariate_hour AS h USING outdated AS o WHERE h.equipment_id = o.equipment_id
    )
    DELETE FROM alarm.multivariate_model AS m USING outdated AS o WHERE m.equipment_id = o.equipment_id;
    DELETE FROM alarm.multivariate_hour AS h WHERE h.bucket < v_from;

    -- whose sums are farthest behind first, as many hours as one run can bear
    SELECT array_agg(x.equipment_id), array_agg(x.since), array_agg(x.until)
    INTO v_machines, v_since, v_until
    FROM (
        SELECT k.equipment_id, k.since, v_finished AS until,
               sum(extract(epoch FROM v_finished - k.since) / 3600)
                   OVER (ORDER BY k.summed_to, k.equipment_id) AS hours,
               row_number() OVER (ORDER BY k.summed_to, k.equipment_id) AS place
        FROM (SELECT c.equipment_id, c.summed_to, greatest(c.summed_to, v_from) AS since
              FROM alarm.multivariate_clock AS c
              WHERE c.summed_to < v_finished
                AND (learn_multivariate.equipment IS NULL OR c.equipment_id = ANY (learn_multivariate.equipment))) AS k
    ) AS x
    WHERE x.hours <= learn_multivariate.most_hours OR x.place = 1;
    IF v_machines IS NOT NULL THEN
        PERFORM alarm.multivariate_sum(v_machines, v_since, v_until);
        UPDATE alarm.multivariate_clock AS k SET summed_to = v_finished WHERE k.equipment_id = ANY (v_machines);
    END IF;

    -- Once a day is enough for what is known; what is being learned, or changed, does not wait for that.
    SELECT array_agg(k.equipment_id ORDER BY k.equipment_id) INTO v_machines
    FROM (
        SELECT k.equipment_id, k.learned_at, k.summed_to,
               (SELECT min(m.learned_from) FROM alarm.multivariate_model AS m
                WHERE m.equipment_id = k.equipment_id) AS learned_from
        FROM alarm.multivariate_clock AS k
        WHERE k.summed_to > v_from
          AND (learn_multivariate.equipment IS NULL OR k.equipment_id = ANY (learn_multivariate.equipment))
    ) AS k
    LEFT JOIN LATERAL alarm.multivariate_start(k.equipment_id) AS s ON true
    WHERE learn_multivariate.equipment IS NOT NULL OR k.learned_at IS NULL
       OR k.learned_at < learn_multivariate.now - INTERVAL '1 day'
       OR s.since > k.learned_from
       OR k.learned_at < k.summed_to AND (
           SELECT count(*) < greatest(1, (SELECT count(*) FROM alarm.operating_state AS o
                                          WHERE o.equipment_id = k.equipment_id))
           FROM alarm.multivariate_model AS m WHERE m.equipment_id = k.equipment_id);
    IF v_machines IS NULL THEN
        RETURN 0;
    END IF;
    v_models := alarm.multivariate_fit(v_machines, v_finished);
    UPDATE alarm.multivariate_clock AS k SET learned_at = learn_multivariate.now
    WHERE k.equipment_id = ANY (v_machines);
    RETURN v_models;
END
$$;
COMMENT ON FUNCTION alarm.learn_multivariate(timestamptz, text[], integer) IS
    'Sums the finished hours of machines'' signals (NULL: of all machines) and makes what is normal for them together '
    'of the normal ones (alarm.multivariate_sum, alarm.multivariate_fit): hours that came since the last run, at most '
    'most_hours of all machines; models once a day, and at once where there is none, the signals changed or the '
    'machine was maintained. Job, every five minutes. Returns how many models were made; NULL: another session is at '
    'it.';
REVOKE ALL ON FUNCTION alarm.learn_multivariate(timestamptz, text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.learn_multivariate(timestamptz, text[], integer) TO engineer;
