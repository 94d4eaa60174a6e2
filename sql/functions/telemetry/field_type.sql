CREATE OR REPLACE FUNCTION telemetry.field_type(type text, sensor text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE type
    WHEN 'current' THEN coalesce(substring(lower(sensor) FROM '(?:^|[-_. ])([xyz])$'), type)
    WHEN 'vibration' THEN 'vibe'
    ELSE type END;
COMMENT ON FUNCTION telemetry.field_type(text, text) IS
    'What the original system calls a sensor by its type and name: x, y, z (a current of that phase: current_x, x), vibe (vibration). Others keep their type.';
REVOKE ALL ON FUNCTION telemetry.field_type(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.field_type(text, text) TO viewer;
