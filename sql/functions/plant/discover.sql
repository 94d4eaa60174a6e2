CREATE OR REPLACE FUNCTION plant.discover(equipment text[], sensor text[], sensor_type text[], unit text[])
    RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_longest CONSTANT integer := 32; -- plant.sensor.unit
    v_count integer;
BEGIN
    -- in key order, so that two batches that discover the same machines wait for each other instead of deadlocking
    INSERT INTO plant.equipment (id, name, status)
    SELECT DISTINCT d.equipment, d.equipment, 'discovered'
    FROM unnest(discover.equipment) AS d (equipment)
    WHERE d.equipment ~ '^[[:alnum:]][[:alnum:]_.:-]{0,63}$'
    ORDER BY 1
    ON CONFLICT (id) DO NOTHING;

    INSERT INTO plant.sensor (equipment_id, name, type, unit, status)
    SELECT DISTINCT ON (d.equipment, d.sensor) d.equipment, d.sensor, left(coalesce(d.type, 'unknown'), 64), d.unit, 'discovered'
    FROM (
        SELECT u.equipment, u.sensor, u.type, u.ordinal, CASE WHEN length(u.unit) <= c_longest AND plant.unit_key(u.unit) <> '' THEN u.unit END AS unit
        FROM unnest(discover.equipment, discover.sensor, discover.sensor_type, discover.unit) WITH ORDINALITY
            AS u (equipment, sensor, type, unit, ordinal)
    ) AS d
    JOIN plant.equipment AS e ON e.id = d.equipment
    WHERE length(d.sensor) BETWEEN 1 AND 128
    ORDER BY d.equipment, d.sensor, d.unit IS NULL, d.ordinal
    LIMIT ops.setting_int('ingest.new_sensors_per_batch')
    ON CONFLICT (equipment_id, name) DO NOTHING;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$$;
COMMENT ON FUNCTION plant.discover(text[], text[], text[], text[]) IS
    'Registers equipment and sensors that were heard for the first time (status discovered); returns how many sensors are new. Arrays in the order of arrival: a sensor takes the first unit that is named. Names that could not be an id are left out: their messages go to quarantine.';
REVOKE ALL ON FUNCTION plant.discover(text[], text[], text[], text[]) FROM PUBLIC;
