CREATE OR REPLACE FUNCTION ingest.discover_in(
    decoder regproc, unit text, ordinals integer[], equipment text[], sensor text[], payload text[],
    received_at timestamptz[],
    latest_time timestamptz, earliest_time timestamptz, registers boolean
) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    EXECUTE format($sql$
        SELECT plant.discover(array_agg(d.equipment ORDER BY d.arrival) FILTER (WHERE d.is_new),
                              array_agg(d.sensor ORDER BY d.arrival) FILTER (WHERE d.is_new),
                              array_agg(d.sensor_type ORDER BY d.arrival) FILTER (WHERE d.is_new),
                              array_agg(d.unit ORDER BY d.arrival) FILTER (WHERE d.is_new)),
               plant.take_units(array_agg(d.equipment ORDER BY d.arrival) FILTER (WHERE NOT d.is_new),
                                array_agg(d.sensor ORDER BY d.arrival) FILTER (WHERE NOT d.is_new),
                                array_agg(d.unit ORDER BY d.arrival) FILTER (WHERE NOT d.is_new))
        FROM (
            SELECT DISTINCT ON (f.equipment, f.sensor) f.equipment, f.sensor, f.sensor_type, f.arrival,
                   coalesce(f.unit, $9) AS unit, s.id IS NULL AS is_new
            FROM %s($1, $2, $3, $4, $5) WITH ORDINALITY
                AS f (ordinal, equipment, sensor, sensor_type, unit, time, value, quality, is_historical, error, detail,
                      arrival)
            LEFT JOIN plant.sensor AS s ON s.equipment_id = f.equipment AND s.name = f.sensor
            WHERE (f.error IS NULL OR f.error = 'not_binary') AND f.time <= $6 AND f.time >= $7
              AND CASE WHEN s.id IS NULL THEN $8 ELSE s.unit IS NULL AND coalesce(f.unit, $9) IS NOT NULL END
            ORDER BY f.equipment, f.sensor, coalesce(f.unit, $9) IS NULL, f.arrival
        ) AS d $sql$, discover_in.decoder)
    USING discover_in.ordinals, discover_in.equipment, discover_in.sensor, discover_in.payload, discover_in.received_at,
          discover_in.latest_time, discover_in.earliest_time, discover_in.registers, discover_in.unit;
END
$$;
COMMENT ON FUNCTION ingest.discover_in(regproc, text, integer[], text[], text[], text[], timestamptz[], timestamptz,
                                       timestamptz, boolean) IS
    'Notes the sensors that messages speak of for the first time (registers: where the plant wants that), and the '
    'units of those that had none. Decodes the messages once more. Part of ingest.decode.';
REVOKE ALL ON FUNCTION ingest.discover_in(regproc, text, integer[], text[], text[], text[], timestamptz[], timestamptz,
                                          timestamptz, boolean)
    FROM PUBLIC;
