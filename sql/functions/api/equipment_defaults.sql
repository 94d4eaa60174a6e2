CREATE OR REPLACE FUNCTION api.equipment_defaults() RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT '{"type": "unknown", "status": "active", "specifications": {}, "tags": [], "operating_hours": 0,
             "criticality": "medium"}'::jsonb
$$;
COMMENT ON FUNCTION api.equipment_defaults() IS 'What an equipment has where a body says nothing: the defaults of plant.equipment.';
REVOKE ALL ON FUNCTION api.equipment_defaults() FROM PUBLIC;
