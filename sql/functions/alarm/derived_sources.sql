CREATE OR REPLACE FUNCTION alarm.derived_sources() RETURNS TABLE (sensor_id integer, signal_id bigint)
    LANGUAGE sql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH judged AS MATERIALIZED (
        SELECT g.id, g.equipment_id, g.sensor_id, r.parameters
        FROM alarm.derived_clock AS d
        JOIN alarm.signal AS g ON g.id = d.signal_id AND g.assigned AND NOT g.live
        JOIN alarm.rule AS r ON r.id = g.rule_id
        WHERE g.sensor_id IS NOT NULL
    )
    SELECT j.sensor_id, j.id FROM judged AS j
    UNION
    -- another sensor of the machine
    SELECT n.id, j.id FROM judged AS j
    JOIN plant.sensor AS n ON n.equipment_id = j.equipment_id AND n.name = j.parameters ->> 'other'
    UNION
    -- the one that tells what the machine is doing
    SELECT n.id, j.id FROM judged AS j
    JOIN alarm.operating_state AS o ON o.equipment_id = j.equipment_id
    JOIN plant.sensor AS n ON n.equipment_id = o.equipment_id AND n.name = o.sensor
    WHERE j.parameters ->> 'state' = 'each'
$$;
COMMENT ON FUNCTION alarm.derived_sources() IS
    'Of which sensors each signal that alarm.judge_derived judges makes its number: what alarm.derived_source should '
    'hold.';
REVOKE ALL ON FUNCTION alarm.derived_sources() FROM PUBLIC;
