CREATE OR REPLACE FUNCTION ingest.claims(d ingest.topic_decoder, topic text) RETURNS boolean
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN d.levels = length(topic) - length(replace(topic, '/', '')) + 1 AND topic LIKE d.like_pattern;
COMMENT ON FUNCTION ingest.claims(ingest.topic_decoder, text) IS
    'Whether the filter of a decoder fits a topic: as many levels, and each as the filter has it. The only place where '
    'a topic meets a filter.';
REVOKE ALL ON FUNCTION ingest.claims(ingest.topic_decoder, text) FROM PUBLIC;
