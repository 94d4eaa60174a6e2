CREATE OR REPLACE FUNCTION ingest.stamp_handled_by() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.handled_by := auth.acting(NEW.handled_by);
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION ingest.stamp_handled_by() IS
    'Trigger: who handled a quarantined message is who updates it (auth.acting), whatever the UPDATE says.';
REVOKE ALL ON FUNCTION ingest.stamp_handled_by() FROM PUBLIC;
CREATE OR REPLACE TRIGGER quarantine_stamp_handled_by BEFORE UPDATE OF status, handled_at,
    handled_by ON ingest.quarantine
    FOR EACH ROW WHEN (NEW.status <> 'new' OR NEW.handled_by IS NOT NULL) EXECUTE FUNCTION ingest.stamp_handled_by();
