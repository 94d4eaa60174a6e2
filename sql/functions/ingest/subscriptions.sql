CREATE OR REPLACE FUNCTION ingest.subscriptions()
    RETURNS TABLE (mqtt_filter text, decoded_by_thin boolean, kind text)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 10
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT regexp_replace(d.topic_filter, '\{[a-z]+\}', '+', 'g'), d.decoder IS NULL,
           CASE WHEN d.decoder IS NULL THEN split_part(d.topic_filter, '/', 1) END
    FROM ingest.topic_decoder AS d
    -- a row may be older than the trigger that checks it
    WHERE d.enabled AND ingest.filter_problem(d.topic_filter) IS NULL
    ORDER BY d.priority, d.id
$$;
COMMENT ON FUNCTION ingest.subscriptions() IS
    'The MQTT topic filters that thin subscribes to, and which of them it reads itself: kind serve-ml (features) or '
    'waveform.';
REVOKE ALL ON FUNCTION ingest.subscriptions() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.subscriptions() TO thin;
