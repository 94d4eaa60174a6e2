CREATE OR REPLACE FUNCTION auth.notify_anonymous() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_notify('millwright_routes', '');
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION auth.notify_anonymous() IS
    'Trigger: who may read without a token has changed, so every thin looks again (auth.anonymous_access).';
REVOKE ALL ON FUNCTION auth.notify_anonymous() FROM PUBLIC;
CREATE OR REPLACE TRIGGER setting_anonymous AFTER INSERT OR UPDATE OF value ON ops.setting
    FOR EACH ROW WHEN (NEW.name IN ('auth.anonymous_role', 'auth.anonymous_networks'))
    EXECUTE FUNCTION auth.notify_anonymous();
