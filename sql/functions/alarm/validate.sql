CREATE OR REPLACE FUNCTION alarm.validate(r alarm.rule) RETURNS alarm.rule
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_condition alarm.condition;
    v_bad text;
    v_number record;
BEGIN
    SELECT c.* INTO v_condition FROM alarm.condition AS c WHERE c.name = r.condition;
    IF NOT FOUND THEN
        PERFORM alarm.refuse('MW422', 'condition', format('there is no condition "%s"', r.condition),
            'One of: ' || (SELECT string_agg(c.name, ', ' ORDER BY c.place, c.name) FROM alarm.condition AS c));
    END IF;
    -- limits
    FOR v_number IN SELECT * FROM (VALUES ('low_low', r.low_low), ('low', r.low), ('high', r.high),
                                          ('high_high', r.high_high), ('deadband', r.deadband)) AS n (name, value)
    LOOP
        IF v_number.value IN ('NaN', 'Infinity', '-Infinity') THEN
            PERFORM alarm.refuse('MW422', v_number.name, format('%s must be a finite number', v_number.name),
                                 'Leave a limit that is not wanted NULL.');
        ELSIF NOT ops.is_carried(v_number.value) THEN
            PERFORM alarm.refuse('MW422', v_number.name,
                                 format('%s must be 0, or 1e-100 to 1e100 in magnitude', v_number.name),
                'No value that is stored lies beyond; leave a limit that is not wanted NULL.');
        END IF;
    END LOOP;
    PERFORM alarm.validate_limits(r, v_condition);
    IF r.low_low IS NOT NULL AND r.low IS NULL THEN
        PERFORM alarm.refuse('MW422', 'low_low', 'low_low needs low', 'Set low, or use low alone.');
    ELSIF r.high_high IS NOT NULL AND r.high IS NULL THEN
        PERFORM alarm.refuse('MW422', 'high_high', 'high_high needs high', 'Set high, or use high alone.');
    ELSIF r.low_low >= r.low THEN
        PERFORM alarm.refuse('MW422', 'low_low', format('low_low (%s) must be less than low (%s)', r.low_low, r.low),
                             'Limits must rise: low_low < low < high < high_high.');
    ELSIF r.low >= r.high THEN
        PERFORM alarm.refuse('MW422', 'high', format('high (%s) must be greater than low (%s)', r.high, r.low),
                             'Limits must rise: low_low < low < high < high_high.');
    ELSIF r.high >= r.high_high THEN
        PERFORM alarm.refuse('MW422', 'high_high',
                             format('high_high (%s) must be greater than high (%s)', r.high_high, r.high),
                             'Limits must rise: low_low < low < high < high_high.');
    END IF;
    IF r.deadband < 0 THEN
        PERFORM alarm.refuse('MW422', 'deadband', 'deadband must not be negative',
                             'It is a distance in the unit of the limits.');
    ELSIF r.condition <> 'inside' AND r.deadband >= r.high - r.low THEN
        PERFORM alarm.refuse('MW422', 'deadband',
                             format('deadband %s is as wide as the band from %s to %s', r.deadband, r.low, r.high),
            'With it an alarm could never clear: make it smaller than high - low.');
    END IF;

    -- times; kept as plain seconds, so that neither months nor daylight saving can bend them
    FOR v_bad IN
        SELECT n.name
        FROM (VALUES ('on_delay', r.on_delay), ('off_delay', r.off_delay), ('chatter_window', r.chatter_window),
                                   ('chatter_quiet', r.chatter_quiet)) AS n (name, value)
        WHERE n.value < INTERVAL '0' OR n.value > INTERVAL '30 days'
    LOOP
        PERFORM alarm.refuse('MW422', v_bad, format('%s must be between 0 and 30 days', v_bad),
                             'Write it as an interval, for example ''10 seconds''.');
    END LOOP;
    FOR v_bad IN
        SELECT n.name FROM (VALUES ('re_alarm', r.re_alarm), ('escalate_after', r.escalate_after)) AS n (name, value)
        WHERE n.value < INTERVAL '1 second' OR n.value > INTERVAL '30 days'
    LOOP
        PERFORM alarm.refuse('MW422', v_bad, format('%s must be between 1 second and 30 days', v_bad),
                             'NULL switches it off.');
    END LOOP;
    r.on_delay := make_interval(secs => extract(epoch FROM r.on_delay)::float8);
    r.off_delay := make_interval(secs => extract(epoch FROM r.off_delay)::float8);
    r.chatter_window := make_interval(secs => extract(epoch FROM r.chatter_window)::float8);
    r.chatter_quiet := make_interval(secs => extract(epoch FROM r.chatter_quiet)::float8);
    r.re_alarm := make_interval(secs => extract(epoch FROM r.re_alarm)::float8);
    r.escalate_after := make_interval(secs => extract(epoch FROM r.escalate_after)::float8);
    IF r.escalate_to IS NOT NULL AND r.escalate_after IS NULL THEN
        PERFORM alarm.refuse('MW422', 'escalate_to', 'escalate_to needs escalate_after',
                             'Say after how long without acknowledgement.');
    END IF;

    PERFORM alarm.validate_parameters(r);

    -- names
    FOR v_number IN
        SELECT n.name, n.value AS word
        FROM (VALUES ('severity', r.severity), ('severity_low_low', r.severity_low_low),
                     ('severity_low', r.severity_low),
                     ('severity_high', r.severity_high), ('severity_high_high', r.severity_high_high),
                     ('escalate_to', r.escalate_to)) AS n (name, value)
        WHERE n.value IS NOT NULL AND NOT EXISTS (SELECT FROM alarm.severity AS s WHERE s.name = n.value)
    LOOP
        PERFORM alarm.refuse('MW422', v_number.name, format('there is no severity "%s"', v_number.word),
            'One of: ' || (SELECT string_agg(s.name, ', ' ORDER BY s.rank) FROM alarm.severity AS s));
    END LOOP;
    FOR v_number IN
        SELECT n.name
        FROM (VALUES ('select_equipment', r.select_equipment), ('select_equipment_type', r.select_equipment_type),
            ('select_location', r.select_location), ('select_tags', r.select_tags), ('select_sensor', r.select_sensor),
            ('select_sensor_type', r.select_sensor_type)) AS n (name, value)
        WHERE n.value = '{}' OR array_position(n.value, NULL) IS NOT NULL OR cardinality(n.value) > 1000
    LOOP
        PERFORM alarm.refuse('MW422', v_number.name, format('%s must name 1 to 1000 things', v_number.name),
                             'NULL selects all.');
    END LOOP;
    -- no id, name, type, location or tag that could be selected is longer
    FOR v_bad IN
        SELECT n.name
        FROM (VALUES ('select_equipment', r.select_equipment), ('select_equipment_type', r.select_equipment_type),
            ('select_location', r.select_location), ('select_tags', r.select_tags), ('select_sensor', r.select_sensor),
            ('select_sensor_type', r.select_sensor_type)) AS n (name, value)
        WHERE EXISTS (SELECT FROM unnest(n.value) AS v (word) WHERE length(v.word) NOT BETWEEN 1 AND 200)
    LOOP
        PERFORM alarm.refuse('MW422', v_bad, format('what %s names must have 1 to 200 characters', v_bad));
    END LOOP;
    SELECT t INTO v_bad
    FROM unnest(r.select_sensor_type) AS t
    WHERE NOT EXISTS (SELECT FROM alarm.known_sensor_type AS k WHERE k.type = t)
      AND NOT EXISTS (SELECT FROM plant.sensor AS s WHERE s.type = t)
    LIMIT 1;
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', 'select_sensor_type', format('no sensor has the type "%s"', v_bad),
            'Correct the spelling, or insert the type into alarm.known_sensor_type first.');
    END IF;
    IF v_condition.subject = 'equipment' AND num_nonnulls(r.select_sensor, r.select_sensor_type) > 0 THEN
        PERFORM alarm.refuse('MW422', 'select_sensor', format('condition %s judges whole machines', r.condition),
                             'Select by equipment, equipment type, location or tags.');
    END IF;
    IF cardinality(r.notify) > 100 THEN
        PERFORM alarm.refuse('MW422', 'notify', 'notify must name at most 100 transitions', 'NULL: the usual ones.');
    END IF;
    SELECT k INTO v_bad FROM unnest(r.notify) AS k
    WHERE NOT EXISTS (SELECT FROM alarm.transition_kind AS t WHERE t.kind = k)
    LIMIT 1;
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', 'notify', format('there is no transition "%s"', v_bad),
            'One of: ' || (SELECT string_agg(t.kind, ', ' ORDER BY t.place) FROM alarm.transition_kind AS t));
    END IF;

    -- texts
    IF jsonb_typeof(r.message) <> 'object' THEN
        PERFORM alarm.refuse('MW422', 'message', 'message must be an object', 'Give {"ko": "…", "en": "…"}.');
    END IF;
    SELECT m.key INTO v_bad FROM jsonb_each(r.message) AS m
    WHERE NOT EXISTS (SELECT FROM relay.language AS l WHERE l.code = m.key) OR jsonb_typeof(m.value) <> 'string'
      OR length(m.value #>> '{}') NOT BETWEEN 1 AND 2000 LIMIT 1;
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', 'message', format('message.%s is not a text in a language there is', v_bad),
            'Languages: ' || (SELECT string_agg(l.code, ', ' ORDER BY l.rank, l.code) FROM relay.language AS l)
                || '. Each text has at most 2000 characters.');
    END IF;
    SELECT f.name[1] INTO v_bad
    FROM jsonb_each_text(r.message) AS m
    CROSS JOIN LATERAL regexp_matches(m.value, '\{([^{}]*)\}', 'g') AS f (name)
    WHERE f.name[1] <> ALL (alarm.template_fields())
    LIMIT 1;
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', 'message', format('unknown template field {%s}', v_bad),
                             'One of: ' || array_to_string(alarm.template_fields(), ', '));
    END IF;
    IF r.parent_rule = r.id THEN
        PERFORM alarm.refuse('MW422', 'parent_rule', 'a rule cannot be its own parent');
    END IF;
    -- in a circle each would suppress the other, and nobody would be told of either
    IF r.parent_rule IS NOT NULL AND r.id IN (
        WITH RECURSIVE above (id) AS (
            SELECT r.parent_rule
            UNION
            SELECT p.parent_rule FROM above AS x JOIN alarm.rule AS p ON p.id = x.id WHERE p.parent_rule IS NOT NULL
        )
        SELECT x.id FROM above AS x)
    THEN
        PERFORM alarm.refuse('MW422', 'parent_rule', 'a rule cannot be the parent of its own parent');
    END IF;

    RETURN r;
END
$$;
COMMENT ON FUNCTION alarm.validate(alarm.rule) IS
    'Refuses a rule that could not work (MW422 with the column at fault and a HINT) and returns it with its times in '
    'plain seconds.';
REVOKE ALL ON FUNCTION alarm.validate(alarm.rule) FROM PUBLIC;
