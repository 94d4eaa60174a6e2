CREATE OR REPLACE FUNCTION report.check_schedule() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
BEGIN
    IF OLD.enabled THEN
        -- what was due by the old plan is not forgotten: the next report tells of it
        INSERT INTO report.run (schedule_id, due_at, status)
        SELECT OLD.id, d, 'missed'
        FROM report.due_times(OLD.times, OLD.weekdays, plant.time_zone(),
                              greatest(OLD.done_to, v_now - INTERVAL '31 days'), v_now) AS d
        ON CONFLICT DO NOTHING;
    END IF;
    -- and nothing is due by the new one before it was made
    NEW.done_to := greatest(OLD.done_to, v_now);
    NEW.attempts := 0;
    NEW.next_attempt_at := NULL;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION report.check_schedule() IS
    'Trigger: a schedule that gets another plan begins with it now; due times of the old one that were open are missed (report.run).';
REVOKE ALL ON FUNCTION report.check_schedule() FROM PUBLIC;
CREATE OR REPLACE TRIGGER schedule_changed BEFORE UPDATE OF times, weekdays, enabled, report ON report.schedule
    FOR EACH ROW
    WHEN ((OLD.times, OLD.weekdays, OLD.enabled, OLD.report)
        IS DISTINCT FROM (NEW.times, NEW.weekdays, NEW.enabled, NEW.report))
    EXECUTE FUNCTION report.check_schedule();
