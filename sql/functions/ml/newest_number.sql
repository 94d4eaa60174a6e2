CREATE OR REPLACE FUNCTION ml.newest_number(value jsonb) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE jsonb_typeof(value)
    WHEN 'number' THEN value::float8
    WHEN 'array' THEN CASE jsonb_typeof(value -> -1) WHEN 'number' THEN (value -> -1)::float8 END END;
COMMENT ON FUNCTION ml.newest_number(jsonb) IS
    'A feature as stored with a prediction: its number, or the newest of a window (the older ones were the newest of predictions before); NULL for anything else.';
REVOKE ALL ON FUNCTION ml.newest_number(jsonb) FROM PUBLIC;
