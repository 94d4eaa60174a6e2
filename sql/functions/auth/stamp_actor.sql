CREATE OR REPLACE FUNCTION auth.stamp_actor() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW := jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], CASE
        WHEN TG_OP = 'UPDATE' AND TG_ARGV[1] = 'once' THEN to_jsonb(OLD) ->> TG_ARGV[0]
        ELSE auth.actor() END));
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION auth.stamp_actor() IS
    'Trigger: the column that its first argument names says who wrote the row, whatever was written there. '
    'Second argument once: who made it; else who changed it last.';
REVOKE ALL ON FUNCTION auth.stamp_actor() FROM PUBLIC;
CREATE OR REPLACE TRIGGER component_life_stamp BEFORE INSERT OR UPDATE ON plant.component_life
    FOR EACH ROW EXECUTE FUNCTION auth.stamp_actor('created_by', 'once');
CREATE OR REPLACE TRIGGER failure_stamp BEFORE INSERT OR UPDATE ON plant.failure
    FOR EACH ROW EXECUTE FUNCTION auth.stamp_actor('created_by', 'once');
CREATE OR REPLACE TRIGGER work_order_stamp BEFORE INSERT OR UPDATE ON plant.work_order
    FOR EACH ROW EXECUTE FUNCTION auth.stamp_actor('created_by', 'once');
CREATE OR REPLACE TRIGGER rul_governor_stamp BEFORE INSERT OR UPDATE ON ml.rul_governor
    FOR EACH ROW EXECUTE FUNCTION auth.stamp_actor('set_by');
CREATE OR REPLACE TRIGGER multivariate_exclusion_stamp BEFORE INSERT OR UPDATE ON alarm.multivariate_exclusion
    FOR EACH ROW EXECUTE FUNCTION auth.stamp_actor('set_by');
CREATE OR REPLACE TRIGGER threshold_policy_stamp BEFORE INSERT OR UPDATE ON ml.threshold_policy
    FOR EACH ROW EXECUTE FUNCTION auth.stamp_actor('set_by');
CREATE OR REPLACE TRIGGER promotion_policy_stamp BEFORE INSERT OR UPDATE ON ml.promotion_policy
    FOR EACH ROW EXECUTE FUNCTION auth.stamp_actor('set_by');
CREATE OR REPLACE TRIGGER rul_lite_threshold_stamp BEFORE INSERT OR UPDATE ON ml.rul_lite_threshold
    FOR EACH ROW EXECUTE FUNCTION auth.stamp_actor('set_by');
