CREATE OR REPLACE FUNCTION relay.check_channel() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_problem text := relay.header_problem(NEW.headers);
BEGIN
    -- one from before there was this check can be switched off as it is
    IF TG_OP = 'UPDATE' AND NOT NEW.enabled AND (NEW.target, NEW.headers, NEW.language) IS NOT DISTINCT
       FROM (OLD.target, OLD.headers, OLD.language) THEN
        RETURN NEW;
    END IF;
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'headers', MESSAGE = v_problem;
    END IF;
    IF NEW.target LIKE 'env:%' AND NOT relay.is_channel_variable(substr(NEW.target, 5)) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'target',
            MESSAGE = format('a channel may name variables that begin with MILLWRIGHT_CHANNEL_, or one of: %s',
                (SELECT string_agg(v.name, ', ' ORDER BY v.name) FROM relay.variable AS v));
    END IF;
    IF NEW.target LIKE 'role:%' AND substr(NEW.target, 6) <> ALL (auth.given_roles()) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'target',
            MESSAGE = format('there is no role "%s"', substr(NEW.target, 6)),
            HINT = 'One of: ' || array_to_string(auth.given_roles(), ', ');
    END IF;
    NEW.language := coalesce(NEW.language, relay.default_language());
    IF NOT EXISTS (SELECT FROM relay.language AS l WHERE l.code = NEW.language) THEN
        RAISE EXCEPTION
            USING ERRCODE = 'MW422', COLUMN = 'language', MESSAGE = format('there is no language "%s"', NEW.language),
            HINT = 'One of: ' || (SELECT string_agg(l.code, ', ' ORDER BY l.rank, l.code) FROM relay.language AS l);
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION relay.check_channel() IS
    'Trigger: refuses (MW422) headers that HTTP does not carry or that are the connection''s own, variables that are '
    'not meant for channels, roles that there are not, and a language that there is not; gives a channel without one '
    'the default.';
REVOKE ALL ON FUNCTION relay.check_channel() FROM PUBLIC;
CREATE OR REPLACE TRIGGER channel_check BEFORE INSERT OR UPDATE OF headers, target, enabled, language ON relay.channel
    FOR EACH ROW EXECUTE FUNCTION relay.check_channel();
