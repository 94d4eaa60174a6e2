CREATE OR REPLACE FUNCTION api.notify_routes() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_notify('millwright_routes', '');
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION api.notify_routes() IS
    'Trigger: every thin loads the routes again. The payload carries no data, only "look".';
REVOKE ALL ON FUNCTION api.notify_routes() FROM PUBLIC;
CREATE OR REPLACE TRIGGER route_notify AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON api.route
    FOR EACH STATEMENT EXECUTE FUNCTION api.notify_routes();
CREATE OR REPLACE TRIGGER sqlstate_fault_notify AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON api.sqlstate_fault
    FOR EACH STATEMENT EXECUTE FUNCTION api.notify_routes();
CREATE OR REPLACE TRIGGER sqlstate_http_notify AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON api.sqlstate_http
    FOR EACH STATEMENT EXECUTE FUNCTION api.notify_routes();
CREATE OR REPLACE TRIGGER path_alias_notify AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON api.path_alias
    FOR EACH STATEMENT EXECUTE FUNCTION api.notify_routes();
CREATE OR REPLACE TRIGGER parameter_alias_notify AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON api.parameter_alias
    FOR EACH STATEMENT EXECUTE FUNCTION api.notify_routes();
CREATE OR REPLACE TRIGGER response_shape_notify AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON api.response_shape
    FOR EACH STATEMENT EXECUTE FUNCTION api.notify_routes();
