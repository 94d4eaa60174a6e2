CREATE OR REPLACE FUNCTION ingest.notify_decoders() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_notify('millwright_decoders', '');
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION ingest.notify_decoders() IS 'Trigger: thin reads its subscriptions anew.';
REVOKE ALL ON FUNCTION ingest.notify_decoders() FROM PUBLIC;
CREATE OR REPLACE TRIGGER topic_decoder_notify AFTER INSERT OR UPDATE OR DELETE ON ingest.topic_decoder
    FOR EACH STATEMENT EXECUTE FUNCTION ingest.notify_decoders();
