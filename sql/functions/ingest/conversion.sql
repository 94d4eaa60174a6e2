CREATE OR REPLACE FUNCTION ingest.conversion(
    claim text, unit text, OUT before float8, OUT multiplier float8, OUT divisor float8, OUT after float8
)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- a blank says nothing
    SELECT c.* FROM plant.conversion(CASE WHEN plant.unit_key($1) = '' THEN $2 ELSE $1 END, $2) AS c
$$;
COMMENT ON FUNCTION ingest.conversion(text, text) IS
    'How a value that came in a unit (claim) becomes one in its sensor''s: plant.conversion, for plant.converted. All '
    'NULL: it does not (unit_mismatch). Every way in asks it, once for each pair of spellings in a batch. A number '
    'that is ingest.is_mark is not converted.';
REVOKE ALL ON FUNCTION ingest.conversion(text, text) FROM PUBLIC;
