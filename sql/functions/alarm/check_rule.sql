CREATE OR REPLACE FUNCTION alarm.check_rule() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW := alarm.validate(NEW);
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
    'Trigger: refuses a rule that could not work (alarm.validate) and counts its version.';
REVOKE ALL ON FUNCTION alarm.check_rule() FROM PUBLIC;
CREATE OR REPLACE TRIGGER rule_check BEFORE INSERT OR UPDATE ON alarm.rule
    FOR EACH ROW EXECUTE FUNCTION alarm.check_rule();
