CREATE OR REPLACE FUNCTION alarm.actor() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT auth.acting(current_setting('millwright.actor', true))
$$;
COMMENT ON FUNCTION alarm.actor() IS
    'Who changes a rule: the user of the HTTP request, else the database login; for thin also whom an alarm function '
    'was told (auth.acting).';
REVOKE ALL ON FUNCTION alarm.actor() FROM PUBLIC;
