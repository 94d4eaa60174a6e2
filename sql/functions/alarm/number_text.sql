CREATE OR REPLACE FUNCTION alarm.number_text(value float8) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN value IS NULL THEN '-'
    WHEN abs(value) BETWEEN 0.001 AND 1e12 THEN trim_scale(round(value::numeric, 3))::text
    ELSE value::text
END;
COMMENT ON FUNCTION alarm.number_text(float8) IS
    'A number as people read it in an alarm''s text: at most three decimals.';
REVOKE ALL ON FUNCTION alarm.number_text(float8) FROM PUBLIC;
