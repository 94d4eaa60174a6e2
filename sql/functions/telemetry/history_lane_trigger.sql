CREATE OR REPLACE FUNCTION telemetry.restore_usual_interval() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM telemetry.end_history();
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION telemetry.restore_usual_interval() IS
    'Trigger, at commit: a bulk load that did not call telemetry.end_history() leaves no wide chunk interval behind '
    'for the live points.';
REVOKE ALL ON FUNCTION telemetry.restore_usual_interval() FROM PUBLIC;
-- a constraint trigger cannot be replaced
DROP TRIGGER IF EXISTS history_lane_restore ON telemetry.history_lane;
CREATE CONSTRAINT TRIGGER history_lane_restore AFTER UPDATE ON telemetry.history_lane
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.usual_interval IS NOT NULL) EXECUTE FUNCTION telemetry.restore_usual_interval();
