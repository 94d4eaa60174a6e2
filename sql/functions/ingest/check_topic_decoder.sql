CREATE OR REPLACE FUNCTION ingest.check_topic_decoder() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_most CONSTANT integer := 500;
    v_problem text := ingest.filter_problem(NEW.topic_filter);
BEGIN
    -- what cannot be subscribed to can still be switched off
    IF v_problem IS NOT NULL AND NEW.enabled THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'topic_filter', MESSAGE = 'topic_filter ' || v_problem;
    ELSIF TG_OP = 'INSERT' AND (SELECT count(*) FROM ingest.topic_decoder) >= c_most THEN
        RAISE EXCEPTION
            USING ERRCODE = 'MW422', COLUMN = 'topic_filter',
                MESSAGE = format('there are %s topic filters already', c_most),
            HINT = 'Each message is held against each of them. {any} stands for any level.';
    ELSIF NEW.decoder IS NOT NULL AND NOT EXISTS (
        SELECT FROM pg_proc AS p
        WHERE p.oid = NEW.decoder AND p.prokind = 'f' AND p.proretset AND p.prorettype = 'ingest.point'::regtype
          AND oidvectortypes(p.proargtypes) = 'integer[], text[], text[], text[], timestamp with time zone[]') THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'decoder', MESSAGE = format('%s is no decoder', NEW.decoder),
            HINT = 'A decoder is a function (integer[], text[], text[], text[], timestamptz[]) RETURNS SETOF '
                   'ingest.point.';
    ELSIF NEW.decoder IS NOT NULL AND NOT ops.is_trusted_routine(NEW.decoder) THEN
        RAISE EXCEPTION
            USING ERRCODE = 'MW422', COLUMN = 'decoder',
                MESSAGE = format('decoder %s or its schema is not an administrator''s', NEW.decoder),
            HINT = 'Decoders run with the rights of the product. An administrator reviews it and takes it over: '
                   'ALTER FUNCTION … OWNER TO millwright.';
    ELSIF NEW.time_zone IS NOT NULL
          AND NOT EXISTS (SELECT FROM pg_timezone_names AS z WHERE z.name = NEW.time_zone) THEN
        RAISE EXCEPTION
            USING ERRCODE = 'MW422', COLUMN = 'time_zone', MESSAGE = format('there is no time zone %s', NEW.time_zone),
            HINT = 'A name such as Asia/Seoul or UTC: SELECT name FROM pg_timezone_names.';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION ingest.check_topic_decoder() IS
    'Trigger: refuses (MW422) a filter that MQTT does not know (ingest.filter_problem), more than 500 of them, a time '
    'zone that has no name, a decoder that has another signature, or that somebody below administrator wrote '
    '(ops.is_trusted_routine). ingest.accept asks again before each call.';
REVOKE ALL ON FUNCTION ingest.check_topic_decoder() FROM PUBLIC;
CREATE OR REPLACE TRIGGER topic_decoder_check BEFORE INSERT OR UPDATE ON ingest.topic_decoder
    FOR EACH ROW EXECUTE FUNCTION ingest.check_topic_decoder();
