CREATE OR REPLACE FUNCTION alarm.baseline_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        PERFORM alarm.assign(NULL, NULL);
    ELSE
        PERFORM alarm.assign_sensors(array_agg(DISTINCT c.sensor_id)) FROM changed AS c HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION alarm.baseline_changed() IS
    'Trigger: signals of rules of condition baseline follow what was learned, or set by hand (alarm.baseline).';
REVOKE ALL ON FUNCTION alarm.baseline_changed() FROM PUBLIC;
CREATE OR REPLACE TRIGGER alarm_baseline_inserted AFTER INSERT ON alarm.baseline REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.baseline_changed();
CREATE OR REPLACE TRIGGER alarm_baseline_updated AFTER UPDATE ON alarm.baseline REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.baseline_changed();
CREATE OR REPLACE TRIGGER alarm_baseline_deleted AFTER DELETE ON alarm.baseline REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.baseline_changed();
CREATE OR REPLACE TRIGGER alarm_baseline_truncated AFTER TRUNCATE ON alarm.baseline
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.baseline_changed();
