CREATE OR REPLACE FUNCTION telemetry.is_meant(sensor plant.sensor, name text, type text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- a SQL-standard body: it needs no search_path, and is inlined where sensors are looked for
RETURN (sensor).status <> 'retired' AND CASE
    WHEN name IS NOT NULL THEN (sensor).name = name
    ELSE type IN ((sensor).type, telemetry.field_type((sensor).type, (sensor).name)) END;
COMMENT ON FUNCTION telemetry.is_meant(plant.sensor, text, text) IS
    'Whether a sensor in service is the one of a name or, where name is NULL, one of a type: plant.sensor.type, or x, '
    'y, z, '
    'vibe as telemetry.field_type has it.';
REVOKE ALL ON FUNCTION telemetry.is_meant(plant.sensor, text, text) FROM PUBLIC;
