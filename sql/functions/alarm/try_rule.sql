CREATE OR REPLACE FUNCTION alarm.try_rule(
    rule jsonb, samples jsonb, until float8 DEFAULT NULL, sensor_id integer DEFAULT NULL, shape jsonb DEFAULT NULL
) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_longest CONSTANT float8 := 1e9; -- seconds
    v_start CONSTANT timestamptz := timestamptz '2000-01-01 00:00:00+00';
    r alarm.rule := jsonb_populate_record(NULL::alarm.rule,
        '{"deadband": 0, "severity": "medium", "on_delay": "0", "off_delay": "0", "latched": false, "parameters": {},
          "chatter_window": "1 minute", "chatter_quiet": "5 minutes", "notify": []}');
    g alarm.signal;
    v_equipment text;
    v_time timestamptz[];
    v_value float8[];
BEGIN
    IF jsonb_typeof(rule) IS DISTINCT FROM 'object' THEN
        PERFORM alarm.refuse('MW422', 'rule', 'a rule is a JSON object');
    END IF;
    -- a whole row of alarm.rule will do: what only the server sets plays no part
    r := alarm.rule_from_json(r, rule - '{id,version,created_at,updated_at,updated_by}'::text[]);
    r.id := CASE WHEN jsonb_typeof(rule -> 'id') = 'number' THEN (rule ->> 'id')::numeric::bigint END;
    IF r.condition IS NULL THEN
        PERFORM alarm.refuse('MW422', 'condition', 'a rule needs a condition',
                             'above, below, outside, inside …: docs/alarms.md');
    ELSIF until IS NOT NULL AND (until BETWEEN -c_longest AND c_longest) IS NOT TRUE THEN
        PERFORM alarm.refuse('MW422', 'until', 'until must lie within 1e9 seconds of the start');
    END IF;
    r := alarm.validate(r);
    SELECT s.equipment_id INTO v_equipment FROM plant.sensor AS s WHERE s.id = try_rule.sensor_id;
    IF NOT FOUND AND sensor_id IS NOT NULL THEN
        PERFORM alarm.refuse('MW404', 'sensor_id', format('there is no sensor %s', sensor_id));
    END IF;
    g := alarm.compile(r, v_equipment, sensor_id);
    IF g.condition IS NULL THEN
        PERFORM alarm.refuse('MW422', 'sensor_id', format('condition %s cannot be judged %s', r.condition,
                CASE WHEN sensor_id IS NULL THEN 'without a sensor' ELSE 'on sensor ' || sensor_id END),
            'Name a sensor that has the baseline, the vibration zone or the other signal that the rule needs.');
    END IF;
    IF shape IS NOT NULL THEN
        PERFORM alarm.check_expected(shape);
    END IF;
    SELECT array_agg(v_start + make_interval(secs => p.seconds) ORDER BY p.seconds),
           array_agg(p.value ORDER BY p.seconds)
    INTO v_time, v_value
    FROM alarm.test_samples(samples) AS p;
    RETURN (
        SELECT coalesce(jsonb_agg(
            jsonb_build_array(e.kind, extract(epoch FROM e.time - v_start)::float8)
            -- the limit where the expectation names one, and where there is no expectation
            || CASE WHEN shape IS NULL OR jsonb_array_length(shape -> (e.place - 1)) > 2 THEN jsonb_build_array(e.level)
                    ELSE '[]' END
            ORDER BY e.place), '[]')
        FROM (
            SELECT row_number() OVER (ORDER BY s.ordinal)::integer AS place, s.*
            FROM alarm.story(g,
                             alarm.run(g, NULL::alarm.state, v_time, v_value,
                                       v_start + make_interval(secs => try_rule.until))) AS s
            WHERE s.kind IS NOT NULL
        ) AS e);
END
$$;
COMMENT ON FUNCTION alarm.try_rule(jsonb, jsonb, float8, integer, jsonb) IS
    'What a rule (a JSON object of alarm.rule''s members) makes of samples [[seconds, value], …] with the clock going '
    'on to until: [["raised", seconds, limit], …]. Writes nothing; the machine is the one of ingest. MW422 names the '
    'member that is unknown or wrong, the first sample that is none (samples[2]), the first expected transition '
    '(shape) that is none; MW404 an unknown sensor.';
REVOKE ALL ON FUNCTION alarm.try_rule(jsonb, jsonb, float8, integer, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.try_rule(jsonb, jsonb, float8, integer, jsonb) TO viewer;
