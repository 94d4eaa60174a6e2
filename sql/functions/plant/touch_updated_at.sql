CREATE OR REPLACE FUNCTION plant.touch_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION plant.touch_updated_at() IS 'Trigger: updated_at tells when a row was last changed, by whatever path.';
REVOKE ALL ON FUNCTION plant.touch_updated_at() FROM PUBLIC;
CREATE OR REPLACE TRIGGER equipment_touch BEFORE UPDATE ON plant.equipment
    FOR EACH ROW EXECUTE FUNCTION plant.touch_updated_at();
CREATE OR REPLACE TRIGGER sensor_touch BEFORE UPDATE ON plant.sensor
    FOR EACH ROW EXECUTE FUNCTION plant.touch_updated_at();
CREATE OR REPLACE TRIGGER maintenance_touch BEFORE UPDATE ON plant.maintenance
    FOR EACH ROW EXECUTE FUNCTION plant.touch_updated_at();
CREATE OR REPLACE TRIGGER component_touch BEFORE UPDATE ON plant.component
    FOR EACH ROW EXECUTE FUNCTION plant.touch_updated_at();
CREATE OR REPLACE TRIGGER component_life_touch BEFORE UPDATE ON plant.component_life
    FOR EACH ROW EXECUTE FUNCTION plant.touch_updated_at();
CREATE OR REPLACE TRIGGER failure_touch BEFORE UPDATE ON plant.failure
    FOR EACH ROW EXECUTE FUNCTION plant.touch_updated_at();
CREATE OR REPLACE TRIGGER work_order_touch BEFORE UPDATE ON plant.work_order
    FOR EACH ROW EXECUTE FUNCTION plant.touch_updated_at();
CREATE OR REPLACE TRIGGER cost_touch BEFORE UPDATE ON plant.cost
    FOR EACH ROW EXECUTE FUNCTION plant.touch_updated_at();
