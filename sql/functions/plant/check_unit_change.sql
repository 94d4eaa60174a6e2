CREATE OR REPLACE FUNCTION plant.check_unit_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- blank is none
    IF plant.unit_key(NEW.unit) = '' THEN
        NEW.unit := NULL;
    END IF;
    IF TG_OP = 'INSERT' OR OLD.unit IS NULL OR NEW.unit IS NOT DISTINCT FROM OLD.unit
        OR current_setting('millwright.relabel', true) = NEW.id::text OR plant.same_unit(OLD.unit, NEW.unit) THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM telemetry.reading AS r WHERE r.sensor_id = NEW.id)
        OR EXISTS (SELECT FROM ingest.backlog AS b WHERE b.sensor_id = NEW.id) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW409', COLUMN = 'unit',
            MESSAGE = format('sensor %s of %s has values in %s', NEW.name, NEW.equipment_id, OLD.unit),
            HINT = 'Values that come in another unit are converted. If they always were in the new one and the sensor''s unit was wrong: '
                   || 'PATCH with "relabel": true (api.update_sensor). Otherwise make a new sensor.';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION plant.check_unit_change() IS
    'Trigger: a sensor that has values keeps its unit (MW409), so that one series is never in two. It can be spelled anew, set where there was none, and corrected with api.update_sensor (relabel).';
REVOKE ALL ON FUNCTION plant.check_unit_change() FROM PUBLIC;
CREATE OR REPLACE TRIGGER sensor_unit BEFORE INSERT OR UPDATE OF unit ON plant.sensor
    FOR EACH ROW EXECUTE FUNCTION plant.check_unit_change();
