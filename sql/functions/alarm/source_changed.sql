CREATE OR REPLACE FUNCTION alarm.source_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- few rows, changed rarely: everything is worked out anew, and alarm.assign writes only what differs
    PERFORM alarm.assign(NULL, NULL);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION alarm.source_changed() IS
    'Trigger: limits and severities that signals took from this table follow it (alarm.vibration_zone, alarm.severity, '
    'plant.unit).';
REVOKE ALL ON FUNCTION alarm.source_changed() FROM PUBLIC;
CREATE OR REPLACE TRIGGER alarm_source_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON alarm.vibration_zone
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.source_changed();
CREATE OR REPLACE TRIGGER alarm_source_changed AFTER INSERT OR UPDATE OR DELETE ON alarm.severity
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.source_changed();
-- Zones of vibration hold for a sensor whose unit is one of the zone's quantity (alarm.compile): so what a unit is, is
-- one of their sources.
CREATE OR REPLACE TRIGGER alarm_source_changed AFTER INSERT OR UPDATE OR DELETE ON plant.unit
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.source_changed();
CREATE OR REPLACE TRIGGER alarm_source_changed AFTER INSERT OR UPDATE OR DELETE ON plant.unit_spelling
    -- not once for each unit that brings its own spellings
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION alarm.source_changed();
