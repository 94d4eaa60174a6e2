CREATE OR REPLACE FUNCTION alarm.system_code(condition text, object text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN object = '' THEN condition
    -- alarm.alarm.code has 200 characters: what is longer is told apart by its end
    WHEN length(condition) + length(object) < 200 THEN condition || ':' || object
    ELSE left(condition || ':' || object, 160) || ':' || md5(object) END;
COMMENT ON FUNCTION alarm.system_code(text, text) IS 'alarm.alarm.code of a system condition''s alarm about an object.';
REVOKE ALL ON FUNCTION alarm.system_code(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.system_code(text, text) TO viewer;
