CREATE OR REPLACE FUNCTION alarm.check_rule() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_bad text;
    v_number record;
BEGIN
    IF NEW.condition NOT IN ('above', 'below', 'outside', 'inside', 'rate_of_change', 'flat_line', 'no_data', 'windowed', 'baseline',
                             'two_signal', 'iso_zone', 'model_verdict', 'rul_below', 'expression') THEN
        PERFORM alarm.refuse('MW422', 'condition', format('there is no condition "%s"', NEW.condition), 'above, below, outside, inside …: docs/alarms.md lists them.');
    END IF;
    -- limits
    FOR v_number IN SELECT * FROM (VALUES ('low_low', NEW.low_low), ('low', NEW.low), ('high', NEW.high),
                                          ('high_high', NEW.high_high), ('deadband', NEW.deadband)) AS n (name, value)
    LOOP
        IF v_number.value IN ('NaN', 'Infinity', '-Infinity') THEN
            PERFORM alarm.refuse('MW422', v_number.name, format('%s must be a finite number', v_number.name), 'Leave a limit that is not wanted NULL.');
        END IF;
    END LOOP;
    IF NEW.condition IN ('above', 'flat_line', 'no_data') AND (NEW.high IS NULL OR NEW.low IS NOT NULL OR NEW.low_low IS NOT NULL) THEN
        PERFORM alarm.refuse('MW422', 'high', format('condition %s takes high (and high_high)', NEW.condition), 'Set high; leave low and low_low NULL.');
    ELSIF NEW.condition IN ('below', 'rul_below') AND (NEW.low IS NULL OR NEW.high IS NOT NULL OR NEW.high_high IS NOT NULL) THEN
        PERFORM alarm.refuse('MW422', 'low', format('condition %s takes low (and low_low)', NEW.condition), 'Set low; leave high and high_high NULL.');
    ELSIF NEW.condition = 'outside' AND (NEW.low IS NULL OR NEW.high IS NULL) THEN
        PERFORM alarm.refuse('MW422', CASE WHEN NEW.low IS NULL THEN 'low' ELSE 'high' END, 'condition outside takes low and high', 'For one limit use above or below.');
    ELSIF NEW.condition = 'inside' AND (NEW.low IS NULL OR NEW.high IS NULL OR NEW.low_low IS NOT NULL OR NEW.high_high IS NOT NULL) THEN
        PERFORM alarm.refuse('MW422', CASE WHEN NEW.low IS NULL THEN 'low' WHEN NEW.high IS NULL THEN 'high' WHEN NEW.low_low IS NOT NULL THEN 'low_low' ELSE 'high_high' END,
            'condition inside takes low and high only', 'They bound the forbidden band.');
    ELSIF NEW.condition IN ('iso_zone', 'model_verdict') AND num_nonnulls(NEW.low_low, NEW.low, NEW.high, NEW.high_high) > 0 THEN
        PERFORM alarm.refuse('MW422', 'high', format('condition %s takes no limits', NEW.condition), 'They come from the zone table or the model.');
    ELSIF NEW.condition NOT IN ('iso_zone', 'model_verdict') AND num_nonnulls(NEW.low, NEW.high) = 0 THEN
        PERFORM alarm.refuse('MW422', 'high', format('condition %s takes low, high or both', NEW.condition), 'Set at least one limit.');
    END IF;
    IF NEW.low_low IS NOT NULL AND NEW.low IS NULL THEN
        PERFORM alarm.refuse('MW422', 'low_low', 'low_low needs low', 'Set low, or use low alone.');
    ELSIF NEW.high_high IS NOT NULL AND NEW.high IS NULL THEN
        PERFORM alarm.refuse('MW422', 'high_high', 'high_high needs high', 'Set high, or use high alone.');
    ELSIF NEW.low_low >= NEW.low THEN
        PERFORM alarm.refuse('MW422', 'low_low', format('low_low (%s) must be less than low (%s)', NEW.low_low, NEW.low), 'Limits must rise: low_low < low < high < high_high.');
    ELSIF NEW.low >= NEW.high THEN
        PERFORM alarm.refuse('MW422', 'high', format('high (%s) must be greater than low (%s)', NEW.high, NEW.low), 'Limits must rise: low_low < low < high < high_high.');
    ELSIF NEW.high >= NEW.high_high THEN
        PERFORM alarm.refuse('MW422', 'high_high', format('high_high (%s) must be greater than high (%s)', NEW.high_high, NEW.high), 'Limits must rise: low_low < low < high < high_high.');
    END IF;
    IF NEW.deadband < 0 THEN
        PERFORM alarm.refuse('MW422', 'deadband', 'deadband must not be negative', 'It is a distance in the unit of the limits.');
    ELSIF NEW.condition <> 'inside' AND NEW.deadband >= NEW.high - NEW.low THEN
        PERFORM alarm.refuse('MW422', 'deadband', format('deadband %s is as wide as the band from %s to %s', NEW.deadband, NEW.low, NEW.high),
            'With it an alarm could never clear: make it smaller than high - low.');
    END IF;

    -- times; kept as plain seconds, so that neither months nor daylight saving can bend them
    FOR v_bad IN
        SELECT n.name FROM (VALUES ('on_delay', NEW.on_delay), ('off_delay', NEW.off_delay), ('chatter_window', NEW.chatter_window),
                                   ('chatter_quiet', NEW.chatter_quiet)) AS n (name, value)
        WHERE n.value < INTERVAL '0' OR n.value > INTERVAL '30 days'
    LOOP
        PERFORM alarm.refuse('MW422', v_bad, format('%s must be between 0 and 30 days', v_bad), 'Write it as an interval, for example ''10 seconds''.');
    END LOOP;
    FOR v_bad IN
        SELECT n.name FROM (VALUES ('re_alarm', NEW.re_alarm), ('escalate_after', NEW.escalate_after)) AS n (name, value)
        WHERE n.value < INTERVAL '1 second' OR n.value > INTERVAL '30 days'
    LOOP
        PERFORM alarm.refuse('MW422', v_bad, format('%s must be between 1 second and 30 days', v_bad), 'NULL switches it off.');
    END LOOP;
    NEW.on_delay := make_interval(secs => extract(epoch FROM NEW.on_delay)::float8);
    NEW.off_delay := make_interval(secs => extract(epoch FROM NEW.off_delay)::float8);
    NEW.chatter_window := make_interval(secs => extract(epoch FROM NEW.chatter_window)::float8);
    NEW.chatter_quiet := make_interval(secs => extract(epoch FROM NEW.chatter_quiet)::float8);
    NEW.re_alarm := make_interval(secs => extract(epoch FROM NEW.re_alarm)::float8);
    NEW.escalate_after := make_interval(secs => extract(epoch FROM NEW.escalate_after)::float8);
    IF NEW.escalate_to IS NOT NULL AND NEW.escalate_after IS NULL THEN
        PERFORM alarm.refuse('MW422', 'escalate_to', 'escalate_to needs escalate_after', 'Say after how long without acknowledgement.');
    END IF;

    -- names
    FOR v_number IN
        SELECT n.name, n.value AS word
        FROM (VALUES ('severity', NEW.severity), ('severity_low_low', NEW.severity_low_low), ('severity_low', NEW.severity_low),
                     ('severity_high', NEW.severity_high), ('severity_high_high', NEW.severity_high_high), ('escalate_to', NEW.escalate_to)) AS n (name, value)
        WHERE n.value IS NOT NULL AND NOT EXISTS (SELECT FROM alarm.severity AS s WHERE s.name = n.value)
    LOOP
        PERFORM alarm.refuse('MW422', v_number.name, format('there is no severity "%s"', v_number.word),
            'One of: ' || (SELECT string_agg(s.name, ', ' ORDER BY s.rank) FROM alarm.severity AS s));
    END LOOP;
    FOR v_number IN
        SELECT n.name FROM (VALUES ('select_equipment', NEW.select_equipment), ('select_equipment_type', NEW.select_equipment_type),
            ('select_location', NEW.select_location), ('select_tags', NEW.select_tags), ('select_sensor', NEW.select_sensor),
            ('select_sensor_type', NEW.select_sensor_type)) AS n (name, value)
        WHERE n.value = '{}' OR array_position(n.value, NULL) IS NOT NULL OR cardinality(n.value) > 1000
    LOOP
        PERFORM alarm.refuse('MW422', v_number.name, format('%s must name 1 to 1000 things', v_number.name), 'NULL selects all.');
    END LOOP;
    SELECT t INTO v_bad
    FROM unnest(NEW.select_sensor_type) AS t
    WHERE NOT EXISTS (SELECT FROM alarm.known_sensor_type AS k WHERE k.type = t)
      AND NOT EXISTS (SELECT FROM plant.sensor AS s WHERE s.type = t)
    LIMIT 1;
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', 'select_sensor_type', format('no sensor has the type "%s"', v_bad),
            'Correct the spelling, or insert the type into alarm.known_sensor_type first.');
    END IF;
    IF NEW.condition IN ('model_verdict', 'rul_below') AND num_nonnulls(NEW.select_sensor, NEW.select_sensor_type) > 0 THEN
        PERFORM alarm.refuse('MW422', 'select_sensor', format('condition %s judges whole machines', NEW.condition), 'Select by equipment, equipment type, location or tags.');
    END IF;
    SELECT k INTO v_bad FROM unnest(NEW.notify) AS k
    WHERE k NOT IN ('raised', 'severity_changed', 'cleared', 'acknowledged', 'confirmed', 'shelved', 'unshelved', 'suppressed',
                    'unsuppressed', 'out_of_service', 'in_service', 'realarmed', 'escalated', 'commented', 'reset', 'chatter_started', 'chatter_ended')
    LIMIT 1;
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', 'notify', format('there is no transition "%s"', v_bad), 'See alarm.transition.kind.');
    END IF;

    -- texts
    IF jsonb_typeof(NEW.message) <> 'object' THEN
        PERFORM alarm.refuse('MW422', 'message', 'message must be an object', 'Give {"ko": "…", "en": "…"}.');
    END IF;
    SELECT m.key INTO v_bad FROM jsonb_each(NEW.message) AS m
    WHERE m.key NOT IN ('ko', 'en') OR jsonb_typeof(m.value) <> 'string' OR length(m.value #>> '{}') NOT BETWEEN 1 AND 2000 LIMIT 1;
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', 'message', format('message.%s is not a text for ko or en', v_bad), 'Give {"ko": "…", "en": "…"}, each at most 2000 characters.');
    END IF;
    SELECT f.name[1] INTO v_bad
    FROM jsonb_each_text(NEW.message) AS m
    CROSS JOIN LATERAL regexp_matches(m.value, '\{([^{}]*)\}', 'g') AS f (name)
    WHERE f.name[1] <> ALL (alarm.template_fields())
    LIMIT 1;
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', 'message', format('unknown template field {%s}', v_bad), 'One of: ' || array_to_string(alarm.template_fields(), ', '));
    END IF;
    IF NEW.parent_rule = NEW.id THEN
        PERFORM alarm.refuse('MW422', 'parent_rule', 'a rule cannot be its own parent');
    END IF;

    IF TG_OP = 'UPDATE' THEN
        NEW.id := OLD.id;
        NEW.created_at := OLD.created_at;
        NEW.version := OLD.version;
        NEW.updated_at := OLD.updated_at;
        NEW.updated_by := OLD.updated_by;
        IF NEW IS NOT DISTINCT FROM OLD THEN
            RETURN OLD;
        END IF;
    END IF;
    -- also after a deletion and re-creation under the same id the numbers go on
    NEW.version := coalesce((SELECT max(v.version) FROM alarm.rule_version AS v WHERE v.rule_id = NEW.id), 0) + 1;
    NEW.updated_at := clock_timestamp();
    NEW.updated_by := alarm.actor();
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION alarm.check_rule() IS
    'Trigger: refuses a rule that could not work (MW422 with the column at fault and a HINT) and counts its version.';
REVOKE ALL ON FUNCTION alarm.check_rule() FROM PUBLIC;
CREATE OR REPLACE TRIGGER rule_check BEFORE INSERT OR UPDATE ON alarm.rule
    FOR EACH ROW EXECUTE FUNCTION alarm.check_rule();
