-- What the thin login itself reads, outside any request: it owns nothing and inherits nothing.
GRANT USAGE ON SCHEMA auth, api TO thin, anonymous, viewer;
GRANT SELECT ON api.route_catalog, api.sqlstate_http, api.sqlstate_fault TO thin;
GRANT SELECT ON api.route_catalog, api.sqlstate_http, api.sqlstate_fault, api.route, api.schema_component TO viewer;
