CREATE OR REPLACE FUNCTION plant.keep_former_sensor() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO plant.former_sensor (sensor_id, until, name, type, unit)
        SELECT o.id, clock_timestamp(), o.name, o.type, o.unit FROM old_rows AS o
        ON CONFLICT DO NOTHING;
    ELSE
        INSERT INTO plant.former_sensor (sensor_id, until, name, type, unit)
        SELECT o.id, clock_timestamp(), o.name, o.type, o.unit
        FROM old_rows AS o
        JOIN new_rows AS n ON n.id = o.id
        WHERE (o.name, o.type, o.unit) IS DISTINCT FROM (n.name, n.type, n.unit)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION plant.keep_former_sensor() IS
    'Trigger: keeps what a sensor was called and in which unit it spoke (plant.former_sensor), so that what was told of it reads as it was.';
REVOKE ALL ON FUNCTION plant.keep_former_sensor() FROM PUBLIC;
CREATE OR REPLACE TRIGGER sensor_former_changed AFTER UPDATE ON plant.sensor
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION plant.keep_former_sensor();
CREATE OR REPLACE TRIGGER sensor_former_removed AFTER DELETE ON plant.sensor
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION plant.keep_former_sensor();
