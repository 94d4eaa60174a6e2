CREATE OR REPLACE FUNCTION ingest.suspend_decoder(topic text) RETURNS text
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH suspended AS (
        UPDATE ingest.topic_decoder AS d
        SET suspended_until = clock_timestamp() + ops.setting_interval('ingest.decoder_suspension')
        FROM ingest.decoder_of(suspend_decoder.topic) AS c
        WHERE d.decoder = c.decoder
        RETURNING d.decoder
    )
    SELECT min(s.decoder::text) FROM suspended AS s
$$;
COMMENT ON FUNCTION ingest.suspend_decoder(text) IS
    'The decoder of this topic took longer than ingest.decoder_timeout for one message: for the setting '
    'ingest.decoder_suspension its messages go to quarantine undecoded, so that it does not hold up the others'' again '
    'and again. Returns its name. Called by thin.';
REVOKE ALL ON FUNCTION ingest.suspend_decoder(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.suspend_decoder(text) TO thin;
