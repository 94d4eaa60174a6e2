CREATE OR REPLACE FUNCTION alarm.check_expression_sensors(r alarm.rule) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_machines text[] := ARRAY(SELECT m.equipment_id FROM alarm.match(ARRAY[r]) AS m);
    v_missing text;
    v_known text;
BEGIN
    -- a rule may be made before its machines, and a machine before its sensors
    IF NOT EXISTS (SELECT FROM plant.sensor AS s WHERE s.equipment_id = ANY (v_machines)) THEN
        RETURN;
    END IF;
    SELECT e INTO v_missing
    FROM alarm.expression_sensors(r.parameters ->> 'expression') AS e
    WHERE NOT EXISTS (SELECT FROM plant.sensor AS s WHERE s.equipment_id = ANY (v_machines) AND s.name = e)
    ORDER BY strpos(r.parameters ->> 'expression', e)
    LIMIT 1;
    IF v_missing IS NULL THEN
        RETURN;
    END IF;
    SELECT string_agg(k.name, ', ' ORDER BY k.name) INTO v_known
    FROM (SELECT DISTINCT s.name FROM plant.sensor AS s WHERE s.equipment_id = ANY (v_machines) ORDER BY s.name
          LIMIT 20) AS k;
    PERFORM alarm.refuse('MW422', 'parameters',
                         format('parameters.expression: no selected machine has a sensor "%s"', v_missing),
                         'They have: ' || v_known);
END
$$;
COMMENT ON FUNCTION alarm.check_expression_sensors(alarm.rule) IS
    'Refuses (MW422) arithmetic over a sensor that none of the machines has that the rule selects, as a spelling '
    'mistake. Where no machine or no sensor is there yet, nothing is refused.';
REVOKE ALL ON FUNCTION alarm.check_expression_sensors(alarm.rule) FROM PUBLIC;
