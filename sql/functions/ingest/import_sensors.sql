CREATE OR REPLACE FUNCTION ingest.import_sensors(equipment text[], sensor text[], unit text[]) RETURNS integer[]
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF ops.setting_text('ingest.unknown_equipment') = 'register' THEN
        -- the type is the name, as in the topics that name a sensor only
        PERFORM plant.discover(array_agg(p.equipment), array_agg(p.sensor), array_agg(p.sensor), array_agg(p.unit))
        FROM unnest(import_sensors.equipment, import_sensors.sensor, import_sensors.unit) AS p (equipment, sensor, unit)
        WHERE NOT EXISTS (SELECT FROM plant.sensor AS s WHERE s.equipment_id = p.equipment AND s.name = p.sensor)
        HAVING count(*) > 0;
    END IF;
    PERFORM plant.take_units(array_agg(p.equipment ORDER BY p.ordinal), array_agg(p.sensor ORDER BY p.ordinal),
                             array_agg(p.unit ORDER BY p.ordinal))
    FROM unnest(import_sensors.equipment, import_sensors.sensor, import_sensors.unit) WITH ORDINALITY
        AS p (equipment, sensor, unit, ordinal)
    JOIN plant.sensor AS s ON s.equipment_id = p.equipment AND s.name = p.sensor
    WHERE p.unit IS NOT NULL AND s.unit IS NULL
    HAVING count(*) > 0;
    RETURN ARRAY(
        SELECT s.id
        FROM unnest(import_sensors.equipment, import_sensors.sensor) WITH ORDINALITY AS p (equipment, sensor, ordinal)
        LEFT JOIN plant.sensor AS s ON s.equipment_id = p.equipment AND s.name = p.sensor
        ORDER BY p.ordinal);
END
$$;
COMMENT ON FUNCTION ingest.import_sensors(text[], text[], text[]) IS
    'The ids of sensors by equipment and name (arrays of equal length, unit may be NULL), in their order; a sensor '
    'without a unit takes the file''s, unknown ones are registered where the setting ingest.unknown_equipment says so. '
    'NULL: not known and not registered (unknown_sensor).';
REVOKE ALL ON FUNCTION ingest.import_sensors(text[], text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.import_sensors(text[], text[], text[]) TO engineer;
