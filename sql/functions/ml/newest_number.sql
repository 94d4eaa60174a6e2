CREATE OR REPLACE FUNCTION ml.newest_number(value jsonb) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ml.finite(CASE jsonb_typeof(value) WHEN 'array' THEN value -> -1 ELSE value END);
COMMENT ON FUNCTION ml.newest_number(jsonb) IS
    'A feature as stored with a prediction: its number, or the newest of a window (the older ones were the newest of predictions before); NULL for anything else, and for what cannot be computed with (ml.finite).';
REVOKE ALL ON FUNCTION ml.newest_number(jsonb) FROM PUBLIC;
