CREATE OR REPLACE FUNCTION plant.conversion(
    given text, wanted text, OUT before float8, OUT multiplier float8, OUT divisor float8, OUT after float8
)
    -- PL/pgSQL for its plan cache: asked for each point whose unit is spelled otherwise than its sensor's
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_longest CONSTANT integer := 64; -- what is longer is no unit
    v_given text := plant.unit_key(left(given, c_longest));
    v_wanted text := plant.unit_key(left(wanted, c_longest));
BEGIN
    IF v_given = v_wanted AND v_given <> '' THEN
        -- a word of the plant's own, too
        before := 0; multiplier := 1; divisor := 1; after := 0;
        RETURN;
    END IF;
    IF length(given) > c_longest OR length(wanted) > c_longest THEN
        RETURN;
    END IF;
    -- of several readings all must mean the same number
    SELECT min(p.before), min(p.multiplier), min(p.divisor), min(p.after) INTO before, multiplier, divisor, after
    FROM (
        SELECT g.shift AS before, g.multiplier * w.divisor AS multiplier, g.divisor * w.multiplier AS divisor, -w.shift AS after,
               g.multiplier * w.divisor / (g.divisor * w.multiplier) AS ratio
        FROM plant.unit_readings(v_given) AS g
        JOIN plant.unit_readings(v_wanted) AS w ON w.quantity = g.quantity
    ) AS p
    HAVING count(DISTINCT (p.before, p.after, p.ratio)) = 1;
END
$$;
COMMENT ON FUNCTION plant.conversion(text, text) IS
    'How a number in one unit becomes one in another: (number + before) * multiplier / divisor + after. All NULL where it does not: another quantity, an unknown unit, or a spelling that could mean two. The same spelling always does, known or not.';
REVOKE ALL ON FUNCTION plant.conversion(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plant.conversion(text, text) TO viewer;
