CREATE OR REPLACE FUNCTION alarm.system_condition_changed() RETURNS trigger
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_refusal record;
BEGIN
    SELECT r.* INTO v_refusal
    FROM (VALUES
        (1, 'high', NEW.high <= 0 OR NEW.high >= 'Infinity', 'a limit is greater than 0'),
        (2, 'high_high', NEW.high_high <= 0 OR NEW.high_high >= 'Infinity'
         OR NEW.high_high <= NEW.high, 'high_high is greater than high'),
        (3, 'deadband', NEW.deadband < 0
         OR NEW.deadband >= least(NEW.high, NEW.high_high), 'the deadband is less than the limits'),
        (4, 'severity', NOT EXISTS (SELECT FROM alarm.severity AS s WHERE s.name = NEW.severity),
         'there is no such severity'),
        (5, 'severity_high_high', NEW.severity_high_high IS NOT NULL
            AND NOT EXISTS (SELECT FROM alarm.severity AS s WHERE s.name = NEW.severity_high_high),
                'there is no such severity'),
        (6, 'on_delay', NOT NEW.on_delay BETWEEN INTERVAL '0' AND INTERVAL '30 days', 'a delay is 0 to 30 days'),
        (7, 'off_delay', NOT NEW.off_delay BETWEEN INTERVAL '0' AND INTERVAL '30 days', 'a delay is 0 to 30 days'),
        (8, 'period', NEW.period <= INTERVAL '0' OR NEW.period > INTERVAL '1 year', 'a period is at most a year'),
        (9, 'minimum', NEW.minimum < 0 OR NEW.minimum >= 'Infinity', 'a minimum is 0 or greater'),
        (10, 'every', NOT NEW.every BETWEEN INTERVAL '1 second' AND INTERVAL '1 day', 'every is 1 second to 1 day')
    ) AS r (ordinal, member, is_wrong, message)
    WHERE r.is_wrong
    ORDER BY r.ordinal
    LIMIT 1;
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', v_refusal.member, v_refusal.message);
    END IF;
    IF NOT ops.is_trusted_routine(to_regprocedure(NEW.measure || '(alarm.system_condition, timestamptz)')) THEN
        PERFORM alarm.refuse('MW422', 'measure', format(
            'there is no function %s(alarm.system_condition, timestamptz) that an administrator owns', NEW.measure));
    END IF;
    NEW.updated_at := clock_timestamp();
    NEW.updated_by := auth.actor();
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION alarm.system_condition_changed() IS
    'Trigger: refuses (MW422, naming the column) a limit, delay or severity that makes no sense, and a function that '
    'is not there or that somebody below administrator owns; notes who changed a system condition, and when.';
REVOKE ALL ON FUNCTION alarm.system_condition_changed() FROM PUBLIC;
CREATE OR REPLACE TRIGGER system_condition_changed BEFORE INSERT OR UPDATE ON alarm.system_condition
    FOR EACH ROW EXECUTE FUNCTION alarm.system_condition_changed();
