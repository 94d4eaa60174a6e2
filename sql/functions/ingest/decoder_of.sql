CREATE OR REPLACE FUNCTION ingest.decoder_of(topic text) RETURNS SETOF ingest.topic_decoder
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT d.*
    FROM ingest.topic_decoder AS d
    WHERE d.enabled AND d.decoder IS NOT NULL AND ingest.claims(d, $1)
    ORDER BY d.priority, d.id
    LIMIT 1;
END;
COMMENT ON FUNCTION ingest.decoder_of(text) IS
    'The decoder that takes a topic: the first by priority whose filter fits; none where nobody takes it.';
REVOKE ALL ON FUNCTION ingest.decoder_of(text) FROM PUBLIC;
