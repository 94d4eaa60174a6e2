CREATE OR REPLACE FUNCTION alarm.check_operating_state() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_other text;
BEGIN
    IF TG_OP <> 'DELETE' THEN
        SELECT o.state INTO v_other FROM alarm.operating_state AS o
        WHERE o.equipment_id = NEW.equipment_id AND o.state <> NEW.state
          AND (o.sensor <> NEW.sensor OR (o.low < NEW.high AND NEW.low < o.high))
        LIMIT 1;
        IF FOUND THEN
            PERFORM alarm.refuse('MW422', 'low',
                                 format('state "%s" of %s overlaps with "%s"', NEW.state, NEW.equipment_id, v_other),
                'All states of a machine are told by one sensor, in bands that do not overlap (high is exclusive).');
        END IF;
    END IF;
    PERFORM alarm.assign_sensors(ARRAY(
        SELECT s.id FROM plant.sensor AS s WHERE s.equipment_id IN (OLD.equipment_id, NEW.equipment_id) ORDER BY s.id));
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION alarm.check_operating_state() IS
    'Trigger: refuses states of one machine that overlap or name different sensors, and assigns the rules that judge '
    'by state.';
REVOKE ALL ON FUNCTION alarm.check_operating_state() FROM PUBLIC;
CREATE OR REPLACE TRIGGER operating_state_check AFTER INSERT OR UPDATE OR DELETE ON alarm.operating_state
    FOR EACH ROW EXECUTE FUNCTION alarm.check_operating_state();
