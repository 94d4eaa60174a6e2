CREATE OR REPLACE FUNCTION ingest.in_sensor_units(points ingest.stated_point[])
    RETURNS TABLE (sensor_id integer, "time" timestamptz, value float8, quality smallint, is_historical boolean,
                   ordinal integer, error text, detail text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH point AS MATERIALIZED (
        SELECT u.*, s.type, s.unit AS sensor_unit, s.plausible_min, s.plausible_max
        FROM unnest(points) WITH ORDINALITY AS u (sensor_id, "time", value, unit, quality, is_historical, ordinal,
                                                  detail, place)
        JOIN plant.sensor AS s ON s.id = u.sensor_id
    ), conversion AS MATERIALIZED (
        SELECT u.unit, u.sensor_unit, c.*
        FROM (SELECT DISTINCT p.unit, p.sensor_unit FROM point AS p WHERE p.unit <> p.sensor_unit) AS u
        CROSS JOIN LATERAL ingest.conversion(u.unit, u.sensor_unit) AS c
    )
    SELECT v.sensor_id, v.time, CASE WHEN abs(v.value) < 1e-100 THEN 0 ELSE v.value END, v.quality, v.is_historical,
           v.ordinal,
           v.error,
           CASE v.error
                WHEN 'unit_mismatch' THEN format('%s %s %s: the sensor has %s', v.detail, v.given, left(v.unit, 64),
                                                         coalesce(v.sensor_unit, 'none'))
                        ELSE concat_ws(' ', v.detail, v.given, left(v.unit, 64)) END
    FROM (
        SELECT c.*,
               CASE WHEN c.value IS NULL THEN 'unit_mismatch'
                    ELSE ingest.value_refusal(c.value, c.sensor_id, c.type, c.plausible_min, c.plausible_max,
                                              g.lowest, g.highest, g.marks, g.has_spans)
               END AS error
        FROM ingest.value_gate() AS g
        CROSS JOIN (
            SELECT p.sensor_id, p.time, p.value AS given, p.unit, p.quality, p.is_historical, p.ordinal, p.detail,
                   p.place, p.type,
                   p.sensor_unit, p.plausible_min, p.plausible_max,
                   CASE WHEN p.unit IS NULL OR p.unit = p.sensor_unit OR plant.unit_key(p.unit) = ''
                            OR ingest.is_mark(p.sensor_id, p.type, p.value) THEN p.value
                        ELSE plant.converted(p.value, c.before, c.multiplier, c.divisor, c.after) END AS value
            FROM point AS p LEFT JOIN conversion AS c ON c.unit = p.unit AND c.sensor_unit = p.sensor_unit
            -- computed once a point, not once a use
            OFFSET 0
        ) AS c
    ) AS v
    ORDER BY v.sensor_id, v.time, v.place
$$;
COMMENT ON FUNCTION ingest.in_sensor_units(ingest.stated_point[]) IS
    'Points of known sensors as they came, each in its sensor''s unit, by sensor, time and place; or why one is not '
    'stored: unit_mismatch, no_value, implausible_value. What ingest.accept does by itself for points that need no '
    'conversion. Each pair of units is looked up once.';
REVOKE ALL ON FUNCTION ingest.in_sensor_units(ingest.stated_point[]) FROM PUBLIC;
