CREATE OR REPLACE FUNCTION alarm.actor() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(nullif(current_setting('millwright.actor', true), ''), auth.actor())
$$;
COMMENT ON FUNCTION alarm.actor() IS
    'Who changes a rule: the actor that an alarm function was given, else the user of the HTTP request, else the database login.';
REVOKE ALL ON FUNCTION alarm.actor() FROM PUBLIC;
