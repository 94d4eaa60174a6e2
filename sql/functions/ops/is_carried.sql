CREATE OR REPLACE FUNCTION ops.is_carried(value float8) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN abs(value) BETWEEN float8 '1e-100' AND float8 '1e100' OR value = 0;
COMMENT ON FUNCTION ops.is_carried(float8) IS
    'Whether a number can be computed with: 0, or 1e-100 to 1e100 in magnitude. The square of any such number, the sum of 1e100 of them and the quotient of two lie within float8, whose arithmetic raises 22003 beyond it, above and below. Columns repeat the bounds in CHECK constraints (docs/adr/0010). NULL for NULL, false for NaN and infinities.';
REVOKE ALL ON FUNCTION ops.is_carried(float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.is_carried(float8) TO viewer, thin;
