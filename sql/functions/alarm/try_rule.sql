CREATE OR REPLACE FUNCTION alarm.try_rule(
    rule jsonb, samples jsonb, until float8 DEFAULT NULL, sensor_id integer DEFAULT NULL, shape jsonb DEFAULT NULL
) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    r alarm.rule := alarm.validate(jsonb_populate_record(NULL::alarm.rule,
        '{"deadband": 0, "severity": "medium", "on_delay": "0", "off_delay": "0", "latched": false, "parameters": {},
          "chatter_window": "1 minute", "chatter_quiet": "5 minutes", "notify": []}' || rule));
    g alarm.signal := alarm.compile(r, (SELECT s.equipment_id FROM plant.sensor AS s WHERE s.id = try_rule.sensor_id), sensor_id);
    v_start CONSTANT timestamptz := timestamptz '2000-01-01 00:00:00+00';
    v_time timestamptz[];
    v_value float8[];
BEGIN
    IF jsonb_array_length(samples) > 100000 THEN
        PERFORM alarm.refuse('MW413', 'samples', 'more than 100000 samples');
    END IF;
    SELECT array_agg(v_start + make_interval(secs => (p.pair ->> 0)::float8) ORDER BY (p.pair ->> 0)::float8),
           array_agg((p.pair ->> 1)::float8 ORDER BY (p.pair ->> 0)::float8)
    INTO v_time, v_value
    FROM jsonb_array_elements(samples) AS p (pair);
    RETURN (
        SELECT coalesce(jsonb_agg(
            jsonb_build_array(e.kind, extract(epoch FROM e.time - v_start)::float8)
            -- the limit where the expectation names one, and where there is no expectation
            || CASE WHEN shape IS NULL OR jsonb_array_length(shape -> (e.place - 1)) > 2 THEN jsonb_build_array(e.level) ELSE '[]' END
            ORDER BY e.place), '[]')
        FROM (
            SELECT row_number() OVER (ORDER BY s.ordinal)::integer AS place, s.*
            FROM alarm.story(g, alarm.run(g, NULL::alarm.state, v_time, v_value, v_start + make_interval(secs => try_rule.until))) AS s
            WHERE s.kind IS NOT NULL
        ) AS e);
END
$$;
COMMENT ON FUNCTION alarm.try_rule(jsonb, jsonb, float8, integer, jsonb) IS
    'What a rule (a JSON object of alarm.rule''s members) makes of samples [[seconds, value], …] with the clock going on to until: [["raised", seconds, limit], …]. Writes nothing; the machine is the one of ingest.';
REVOKE ALL ON FUNCTION alarm.try_rule(jsonb, jsonb, float8, integer, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.try_rule(jsonb, jsonb, float8, integer, jsonb) TO viewer;
