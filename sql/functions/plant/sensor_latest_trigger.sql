CREATE OR REPLACE FUNCTION plant.prepare_sensors() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- the row that ingest locks and updates exists from the start: the hot path never inserts one
    INSERT INTO telemetry.latest (sensor_id)
    SELECT id FROM added ORDER BY id
    ON CONFLICT (sensor_id) DO NOTHING;
    PERFORM alarm.assign_new(array_agg(DISTINCT equipment_id)) FROM added HAVING count(*) > 0;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION plant.prepare_sensors() IS
    'Trigger: a new sensor gets its row in telemetry.latest and the alarm rules that select it.';
REVOKE ALL ON FUNCTION plant.prepare_sensors() FROM PUBLIC;
CREATE OR REPLACE TRIGGER sensor_prepare AFTER INSERT ON plant.sensor
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION plant.prepare_sensors();
