CREATE OR REPLACE FUNCTION alarm.vibration_limits(
    sensor_id integer, p_standard text DEFAULT NULL, OUT zone alarm.vibration_zone, OUT bc float8, OUT cd float8
)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT z, plant.convert(z.boundary_bc, z.unit, s.unit), plant.convert(z.boundary_cd, z.unit, s.unit)
    FROM plant.sensor AS s
    JOIN plant.equipment AS e ON e.id = s.equipment_id
    JOIN alarm.vibration_zone AS z ON z.machine_class = e.specifications ->> 'vibration_class'
        AND plant.convert(1, z.unit, s.unit) IS NOT NULL
        AND z.standard = coalesce(p_standard, z.standard)
    WHERE s.id = vibration_limits.sensor_id
      -- a class that is bounded by power needs to know it; a text that is no number is unknown
      AND (num_nonnulls(z.minimum_kw, z.maximum_kw) = 0
           OR CASE WHEN e.specifications ->> 'rated_power_kw' ~ '^[0-9]{1,18}(\.[0-9]{1,18})?$' THEN
                  (e.specifications ->> 'rated_power_kw')::float8 >= coalesce(z.minimum_kw, 0)
                  AND (e.specifications ->> 'rated_power_kw')::float8 <= coalesce(z.maximum_kw, 'Infinity') END)
    ORDER BY z.id
    LIMIT 1
$$;
COMMENT ON FUNCTION alarm.vibration_limits(integer, text) IS
    'The vibration zones that hold for a sensor (of a standard; NULL: the first that fits), and their boundaries B/C '
    'and C/D in its unit. NULL: its machine states no class, or one that does not fit its power or the sensor''s unit.';
REVOKE ALL ON FUNCTION alarm.vibration_limits(integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.vibration_limits(integer, text) TO viewer;
