CREATE OR REPLACE FUNCTION plant.same_unit(one text, other text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT one = other OR coalesce((SELECT c.before + c.after = 0 AND c.multiplier = c.divisor FROM plant.conversion(one, other) AS c), false)
$$;
COMMENT ON FUNCTION plant.same_unit(text, text) IS 'Whether two spellings mean one unit: mm/s and mm·s⁻¹, C and °C.';
REVOKE ALL ON FUNCTION plant.same_unit(text, text) FROM PUBLIC;
