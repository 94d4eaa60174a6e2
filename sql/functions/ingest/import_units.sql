CREATE OR REPLACE FUNCTION ingest.import_units(sensor_id integer[], unit text[]) RETURNS text[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY(
        SELECT CASE WHEN u.unit <> s.unit THEN u.unit END
        FROM unnest($1, $2) WITH ORDINALITY AS u (sensor_id, unit, ordinal)
        LEFT JOIN plant.sensor AS s ON s.id = u.sensor_id
        ORDER BY u.ordinal)
$$;
COMMENT ON FUNCTION ingest.import_units(integer[], text[]) IS
    'Of a file''s series (arrays of equal length, in their order) the units that are not spelled as their sensors'': '
    'what goes into pg_temp.import_staging.unit, so that ingest.import_block converts. NULL for the others.';
REVOKE ALL ON FUNCTION ingest.import_units(integer[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.import_units(integer[], text[]) TO engineer;
