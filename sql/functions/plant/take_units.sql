CREATE OR REPLACE FUNCTION plant.take_units(equipment text[], sensor text[], unit text[]) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_longest CONSTANT integer := 32; -- plant.sensor.unit
    v_count integer;
BEGIN
    UPDATE plant.sensor AS s SET unit = n.unit
    FROM (
        -- in key order, as all who write sensors
        SELECT o.id, g.unit
        FROM (
            SELECT DISTINCT ON (u.equipment, u.sensor) u.equipment, u.sensor, u.unit
            FROM unnest(take_units.equipment, take_units.sensor, take_units.unit) WITH ORDINALITY AS u (equipment, sensor, unit, ordinal)
            WHERE length(u.unit) <= c_longest AND plant.unit_key(u.unit) <> ''
            ORDER BY u.equipment, u.sensor, u.ordinal
        ) AS g
        JOIN plant.sensor AS o ON o.equipment_id = g.equipment AND o.name = g.sensor
        WHERE o.unit IS NULL
        ORDER BY o.id
        FOR NO KEY UPDATE OF o
    ) AS n
    WHERE s.id = n.id AND s.unit IS NULL;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$$;
COMMENT ON FUNCTION plant.take_units(text[], text[], text[]) IS
    'A sensor that has no unit takes the first that it hears (arrays of equal length, in the order of arrival); returns how many did. What it stored without one is taken to be in the same.';
REVOKE ALL ON FUNCTION plant.take_units(text[], text[], text[]) FROM PUBLIC;
