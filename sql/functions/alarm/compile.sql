CREATE OR REPLACE FUNCTION alarm.compile(
    r alarm.rule, equipment_id text, sensor_id integer, specificity integer DEFAULT 0
)
    RETURNS alarm.signal
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    g alarm.signal;
    v_judged text;
    v_quiet_band boolean;
    v_worst text;
    v_baseline alarm.baseline;
    v_zone record;
    -- its centre and spread change with hour or state: the job judges deviations
    v_moving boolean := r.condition = 'baseline'
        AND (r.parameters ? 'season' OR r.parameters ->> 'state' IS NOT DISTINCT FROM 'each');
BEGIN
    SELECT c.judged, c.quiet_band INTO STRICT v_judged, v_quiet_band FROM alarm.condition AS c
    WHERE c.name = r.condition;
    g.rule_id := r.id;
    g.rule_version := r.version;
    g.equipment_id := equipment_id;
    g.sensor_id := sensor_id;
    g.condition := r.condition;
    g.assigned := true;
    g.live := v_judged = 'sample' AND NOT v_moving;
    -- rules are older than the bounds that alarm.validate sets: a limit beyond them is never reached
    g.low_low := coalesce(ops.carried(r.low_low), '-Infinity');
    g.low := coalesce(ops.carried(r.low), '-Infinity');
    g.high := coalesce(ops.carried(r.high), 'Infinity');
    g.high_high := coalesce(ops.carried(r.high_high), 'Infinity');
    g.deadband := coalesce(ops.carried(r.deadband), 1e100);
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
    ELSIF v_moving THEN
        SELECT jsonb_build_object('baselines', count(*), 'states', jsonb_agg(DISTINCT b.state), 'hours',
                                  count(*) FILTER (WHERE b.hour_of_week >= 0),
                                  'learned_from', min(b.learned_from), 'learned_to', max(b.learned_to),
                                  'samples', sum(b.samples) FILTER (WHERE b.hour_of_week = -1),
                                  -- other cells judge from now on, and what was judged stays (alarm.judge_standing)
                                  'cells', md5(string_agg(
                                      concat_ws(' ', b.state, b.hour_of_week, b.centre, b.spread), ','
                                      ORDER BY b.state, b.hour_of_week)))
        INTO g.basis
        FROM alarm.baseline AS b
        WHERE b.sensor_id = compile.sensor_id
          AND CASE WHEN r.parameters ->> 'state' = 'each'
                   THEN b.state IN (SELECT o.state FROM alarm.operating_state AS o
                                    WHERE o.equipment_id = compile.equipment_id)
                   ELSE b.state = coalesce(r.parameters ->> 'state', '*') END
        HAVING count(*) > 0;
        IF g.basis IS NULL THEN
            RETURN NULL;
        END IF;
    ELSIF r.condition = 'baseline' THEN
        SELECT b.* INTO v_baseline FROM alarm.baseline AS b
        WHERE b.sensor_id = compile.sensor_id AND b.state = coalesce(r.parameters ->> 'state', '*')
          AND b.hour_of_week = -1;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        -- limits and deadband are given in spreads from the centre: from here on they are values
        g.low_low := coalesce(v_baseline.centre + ops.carried(r.low_low) * v_baseline.spread, '-Infinity');
        g.low := coalesce(v_baseline.centre + ops.carried(r.low) * v_baseline.spread, '-Infinity');
        g.high := coalesce(v_baseline.centre + ops.carried(r.high) * v_baseline.spread, 'Infinity');
        g.high_high := coalesce(v_baseline.centre + ops.carried(r.high_high) * v_baseline.spread, 'Infinity');
        g.deadband := g.deadband * v_baseline.spread;
        g.basis := jsonb_build_object('centre', v_baseline.centre, 'spread', v_baseline.spread, 'state',
                                      v_baseline.state,
            'learned_from', v_baseline.learned_from, 'learned_to', v_baseline.learned_to,
            'samples', v_baseline.samples);
    ELSIF r.condition = 'iso_zone' THEN
        SELECT (l.zone).*, l.bc AS high, l.cd AS high_high INTO v_zone
        FROM alarm.vibration_limits(compile.sensor_id, r.parameters ->> 'standard') AS l
        WHERE l.cd IS NOT NULL;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        g.high := v_zone.high;
        g.high_high := v_zone.high_high;
        g.basis := jsonb_build_object('standard', v_zone.standard, 'class', v_zone.machine_class, 'unit', v_zone.unit,
            'boundaries', jsonb_build_array(v_zone.boundary_ab, v_zone.boundary_bc, v_zone.boundary_cd),
            'source', left(v_zone.source, 500));
    ELSIF r.condition = 'two_signal' THEN
        IF NOT EXISTS (SELECT FROM plant.sensor AS s WHERE s.equipment_id = compile.equipment_id
                       AND s.name = r.parameters ->> 'other' AND s.id <> compile.sensor_id) THEN
            RETURN NULL;
        END IF;
    ELSIF r.condition = 'model_verdict' THEN
        -- the number that is judged: anomalies in a row
        g.high := coalesce((r.parameters ->> 'consecutive')::numeric::integer, 1) - 0.5;
    END IF;

    -- A value within the quiet band leaves a normal state alone.
    IF NOT v_quiet_band THEN
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
    'A rule as it watches one sensor (NULL: the whole equipment): limits in the sensor''s unit, severities, quiet '
    'band. NULL where the rule cannot judge that sensor. Stored by alarm.assign, used as it is by alarm.backtest.';
REVOKE ALL ON FUNCTION alarm.compile(alarm.rule, text, integer, integer) FROM PUBLIC;
