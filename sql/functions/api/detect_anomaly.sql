CREATE OR REPLACE FUNCTION api.detect_anomaly(body jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    v_started timestamptz := clock_timestamp();
    v_body jsonb := api.check_body(body, 'AnomalyDetectRequest');
    v_device text := v_body ->> 'device_id';
    v_time timestamptz := v_started;
    v_given record;
    v_stored integer := 0;
    v_rejected jsonb;
    v_found record;
    v_row ml.serve_ml_predictions;
    v_ratio float8;
    v_factor float8;
    v_first jsonb;
BEGIN
    PERFORM api.check_equipment(v_device, 'device_id');
    -- what a time without an offset means, until this function returns
    PERFORM set_config('timezone', ops.setting_text('ingest.time_zone'), true);
    IF coalesce(jsonb_typeof(v_body -> 'timestamp'), 'null') <> 'null' THEN
        v_time := ingest.parse_time(v_body ->> 'timestamp');
        IF (v_time BETWEEN ingest.earliest_time(v_started)
                   AND v_started + ops.setting_interval('ingest.future_tolerance')) IS NOT TRUE THEN
            PERFORM alarm.refuse('MW422', 'timestamp', 'timestamp must be a time in ISO 8601, or seconds or '
                'milliseconds since 1970, within what is taken (settings ingest.oldest, ingest.future_tolerance)');
        END IF;
    END IF;

    WITH given AS MATERIALIZED (
        SELECT e.n, c.channel, e.value -> c.channel -> 'value' AS value
        FROM jsonb_array_elements(v_body -> 'sensor_data') WITH ORDINALITY AS e (value, n)
        CROSS JOIN unnest('{vibration,temperature,current}'::text[]) AS c (channel)
        WHERE jsonb_typeof(e.value -> c.channel -> 'value') = 'number'
    ), mean AS (
        SELECT g.channel, avg(ml.finite(g.value)) AS value FROM given AS g GROUP BY g.channel
    )
    SELECT (SELECT jsonb_agg(jsonb_build_object('field', format('sensor_data[%s].%s.value', g.n - 1, g.channel),
                                                'message', 'must be a finite number of at most 1e100')
                             ORDER BY g.n, g.channel)
            FROM given AS g WHERE ml.finite(g.value) IS NULL) AS errors,
           array_agg(m.channel ORDER BY m.channel) AS channel, array_agg(m.value ORDER BY m.channel) AS value,
           -- the sensor of that name, else the only one of that type; else one is made of that name
           array_agg(coalesce(s.name, t.name, m.channel) ORDER BY m.channel) AS sensor
    INTO v_given
    FROM mean AS m
    LEFT JOIN plant.sensor AS s ON s.equipment_id = v_device AND s.name = m.channel
    LEFT JOIN LATERAL (
        SELECT min(x.name) AS name FROM plant.sensor AS x
        WHERE x.equipment_id = v_device AND x.type = m.channel AND x.status NOT IN ('inactive', 'retired')
        HAVING count(*) = 1
    ) AS t ON true;
    IF v_given.errors IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = v_given.errors -> 0 ->> 'field',
            DETAIL = v_given.errors::text, MESSAGE = concat_ws(' ', v_given.errors -> 0 ->> 'field',
                                                               v_given.errors -> 0 ->> 'message');
    ELSIF v_given.channel IS NULL THEN
        PERFORM alarm.refuse('MW422', 'sensor_data', 'sensor_data holds no value',
                             'Of vibration, temperature and current at least one, as {"value": number}.');
    END IF;

    -- They are the machine's readings, where it has none of that moment: rules judge them as all others.
    SELECT s.stored, s.rejected INTO v_stored, v_rejected
    FROM (
        SELECT array_agg(v_device) AS equipment, array_agg(u.sensor) AS sensor, array_agg(u.channel) AS channel,
               array_agg(u.value) AS value, count(*)::integer AS n
        FROM unnest(v_given.channel, v_given.sensor, v_given.value) AS u (channel, sensor, value)
        WHERE NOT EXISTS (
            SELECT FROM plant.sensor AS x JOIN telemetry.reading AS r ON r.sensor_id = x.id AND r.time = v_time
            WHERE x.equipment_id = v_device AND x.name = u.sensor)
        HAVING count(*) > 0
    ) AS p
    CROSS JOIN LATERAL ingest.store_points(p.equipment, p.sensor, p.channel, array_fill(NULL::text, ARRAY[p.n]),
                                           array_fill(v_time, ARRAY[p.n]), p.value) AS s;
    IF v_rejected <> '[]' THEN
        PERFORM alarm.refuse('MW422', 'sensor_data',
                             format('a reading cannot be stored: %s', v_rejected -> 0 ->> 'code'));
    END IF;

    SELECT d.* INTO v_found
    FROM (
        SELECT array_agg(s.id ORDER BY s.id) AS sensors, array_agg(u.value ORDER BY s.id) AS value
        FROM unnest(v_given.sensor, v_given.value) AS u (sensor, value)
        JOIN plant.sensor AS s ON s.equipment_id = v_device AND s.name = u.sensor
    ) AS g
    CROSS JOIN LATERAL ml.detect(v_device, v_time, g.sensors, g.value) AS d;
    IF v_found.judge IS NOT NULL THEN
        v_ratio := ml.largest_ratio(v_found.ratio);
        PERFORM ml.record_predictions(jsonb_build_array(jsonb_build_object(
            'time', alarm.iso_time(v_time), 'equipment_id', v_device, 'power', '*', 'model_version',
            v_found.model_version, 'stage', 'champion', 'source', 'http', 'modalities', v_given.channel, 'is_anomaly',
            v_ratio > 1, 'confidence', ml.confidence(v_ratio), 'scores', v_found.scores, 'thresholds',
            v_found.thresholds, 'ratio', v_found.ratio, 'contributions', v_found.contributions)));
        -- as it was judged: by what the plant holds the ratio against, and the first time if it was asked again
        SELECT p.* INTO v_row FROM ml.serve_ml_predictions AS p
        WHERE p.equipment_id = v_device AND p.power = '*' AND p.model_version = v_found.model_version
          AND p.stage = 'champion' AND p.time = v_time;
        v_factor := coalesce(v_row.threshold_factor, 1);
        v_ratio := ml.largest_ratio(v_row.ratio) / v_factor;
        v_first := v_row.contributions -> 0;
    END IF;
    RETURN jsonb_build_object(
        'device_id', v_device, 'is_anomaly', v_row.is_anomaly, 'anomaly_score', v_ratio / (1 + v_ratio),
        'anomaly_type', CASE WHEN v_row.is_anomaly THEN
            -- out by itself, or only together with the others
            CASE WHEN abs(ml.finite(v_first -> 'deviation')) > 3 OR cardinality(v_given.channel) = 1
                THEN (SELECT u.channel FROM unnest(v_given.channel, v_given.sensor) AS u (channel, sensor)
                      WHERE u.sensor = v_first ->> 'signal' LIMIT 1)
                ELSE 'combination' END END,
        'severity', v_row.severity, 'confidence', v_row.confidence, 'detected_at', api.iso(v_time),
        'processing_time', extract(epoch FROM clock_timestamp() - v_started)::float8, 'stored', coalesce(v_stored, 0),
        'judge', CASE WHEN v_row.time IS NOT NULL THEN jsonb_build_object(
            'kind', v_found.judge, 'state', v_found.state, 'scores', v_row.scores, 'thresholds', v_row.thresholds,
            'factor', v_factor, 'learned_from', api.iso(v_found.learned_from), 'learned_to',
            api.iso(v_found.learned_to), 'contributions', v_row.contributions) END,
        'reason', v_found.reason);
END
$$;
COMMENT ON FUNCTION api.detect_anomaly(jsonb) IS
    'Judges readings of a moment (vibration, temperature, current; of several the mean) by what the machine''s normal '
    'state is known to be, and says by what (judge): T² and Q of its signals together, or learned baselines. They are '
    'stored as its readings where it has none of that moment (the sensor named as the channel, else the only one of '
    'that type, else a new one), the verdict with those of its models, and it raises alarms as theirs do. is_anomaly '
    'is null, and reason says why, where there is nothing to judge by yet. MW404: no such equipment.';
REVOKE ALL ON FUNCTION api.detect_anomaly(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.detect_anomaly(jsonb) TO operator;
