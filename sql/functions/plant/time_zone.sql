CREATE OR REPLACE FUNCTION plant.time_zone() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ops.setting_text('plant.time_zone')
$$;
COMMENT ON FUNCTION plant.time_zone() IS
    'Zone in which the plant''s days, shifts and hours of the week begin: the setting plant.time_zone, a name such as Asia/Seoul.';
REVOKE ALL ON FUNCTION plant.time_zone() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plant.time_zone() TO viewer, thin;
