CREATE OR REPLACE FUNCTION plant.unit_readings(key text) RETURNS SETOF plant.unit
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
        SELECT DISTINCT u.* FROM plant.unit_spelling AS s JOIN plant.unit AS u ON u.code = s.code
        WHERE lower(s.key) = lower(unit_readings.key) AND s.key = unit_readings.key;
    IF FOUND THEN
        RETURN;
    END IF;
    -- In letters of another case; but m is milli and M is mega: where that is what differs, and a unit follows, it could be either.
    RETURN QUERY
        WITH reading AS (
            SELECT DISTINCT s.key, u AS unit, u.quantity,
                   left(s.key, 1) IN ('m', 'M') AND left(s.key, 1) <> left(unit_readings.key, 1) AS is_swapped
            FROM plant.unit_spelling AS s JOIN plant.unit AS u ON u.code = s.code
            WHERE lower(s.key) = lower(unit_readings.key)
        )
        SELECT DISTINCT (r.unit).* FROM reading AS r
        WHERE NOT EXISTS (
            SELECT FROM reading AS o
            JOIN plant.unit_spelling AS s ON lower(s.key) = lower(substr(o.key, 2))
            JOIN plant.unit AS u ON u.code = s.code AND u.quantity = o.quantity
            WHERE o.is_swapped AND o.quantity = r.quantity);
END
$$;
COMMENT ON FUNCTION plant.unit_readings(text) IS
    'The units that a plant.unit_key could mean: those that are written so, else those that differ in the case of letters only. None of a quantity in which it could be milli or mega.';
REVOKE ALL ON FUNCTION plant.unit_readings(text) FROM PUBLIC;
