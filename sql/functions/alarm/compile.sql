CREATE OR REPLACE FUNCTION alarm.compile(r alarm.rule, equipment_id text, sensor_id integer, specificity integer DEFAULT 0)
    RETURNS alarm.signal
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    g alarm.signal;
    v_worst text;
BEGIN
    g.rule_id := r.id;
    g.rule_version := r.version;
    g.equipment_id := equipment_id;
    g.sensor_id := sensor_id;
    g.condition := r.condition;
    g.assigned := true;
    g.live := r.condition IN ('above', 'below', 'outside', 'inside', 'rate_of_change', 'flat_line', 'baseline', 'iso_zone');
    g.low_low := coalesce(r.low_low, '-Infinity');
    g.low := coalesce(r.low, '-Infinity');
    g.high := coalesce(r.high, 'Infinity');
    g.high_high := coalesce(r.high_high, 'Infinity');
    g.deadband := r.deadband;
    g.on_delay := r.on_delay;
    g.off_delay := r.off_delay;
    g.latched := r.latched;
    g.chatter_count := r.chatter_count;
    g.chatter_window := r.chatter_window;
    g.chatter_quiet := r.chatter_quiet;
    g.specificity := specificity;
    SELECT s.name INTO v_worst FROM alarm.severity AS s ORDER BY s.rank DESC LIMIT 1;
    g.severities := ARRAY[coalesce(r.severity_low_low, v_worst), coalesce(r.severity_low, r.severity),
                          coalesce(r.severity_high, r.severity), coalesce(r.severity_high_high, v_worst)];

    IF r.condition = 'rate_of_change' THEN
        g.parameter := coalesce((r.parameters ->> 'step')::float8, 0);
    ELSIF r.condition = 'flat_line' THEN
        g.parameter := coalesce((r.parameters ->> 'epsilon')::float8, 0);
    ELSIF r.condition = 'model_verdict' THEN
        -- the number that is judged: anomalies in a row
        g.high := coalesce((r.parameters ->> 'consecutive')::integer, 1) - 0.5;
    END IF;

    -- A value within the quiet band leaves a normal state alone. These need every sample:
    IF r.condition IN ('inside', 'rate_of_change', 'flat_line') THEN
        g.quiet_low := 'Infinity';
        g.quiet_high := '-Infinity';
    ELSIF r.condition = 'model_verdict' THEN
        -- the first anomaly counts, whether or not it is enough
        g.quiet_low := '-Infinity';
        g.quiet_high := 0;
    ELSE
        g.quiet_low := greatest(g.low_low, g.low);
        g.quiet_high := least(g.high_high, g.high);
    END IF;
    RETURN g;
END
$$;
COMMENT ON FUNCTION alarm.compile(alarm.rule, text, integer, integer) IS
    'A rule as it watches one sensor (NULL: the whole equipment): limits in the sensor''s unit, severities, quiet band. NULL where the rule cannot judge that sensor. Stored by alarm.assign, used as it is by alarm.backtest.';
REVOKE ALL ON FUNCTION alarm.compile(alarm.rule, text, integer, integer) FROM PUBLIC;
