CREATE OR REPLACE FUNCTION plant.converted(value float8, before float8, multiplier float8, divisor float8, after float8) RETURNS float8
    -- a parsed body without a subquery: inlined
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN multiplier IS NULL THEN NULL
    WHEN abs(value) <= float8 '1e100' THEN
        (CASE WHEN abs(value) < float8 '1e-100' THEN 0 ELSE value END + before) * multiplier / divisor + after
    -- no number that is ever stored; its product could be none at all
    ELSE value
END;
COMMENT ON FUNCTION plant.converted(float8, float8, float8, float8, float8) IS
    'A number in another unit; the last four arguments: plant.conversion. NULL where these are. Never raises.';
REVOKE ALL ON FUNCTION plant.converted(float8, float8, float8, float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plant.converted(float8, float8, float8, float8, float8) TO viewer;
