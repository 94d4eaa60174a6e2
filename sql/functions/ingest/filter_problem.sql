CREATE OR REPLACE FUNCTION ingest.filter_problem(topic_filter text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN topic_filter LIKE '$%' THEN 'must not begin with $: such topics are the broker''s own'
        WHEN EXISTS (SELECT FROM string_to_table(topic_filter, '/') AS l (level) WHERE l.level ~ '[{}]'
                     AND l.level !~ '^\{[a-z]+\}$')
            THEN 'must have {equipment}, {sensor} or {any} as a whole level'
        WHEN topic_filter ~ '[\u0001-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]'
            OR EXISTS (SELECT FROM string_to_table(topic_filter, NULL) AS c (letter)
                       WHERE ascii(c.letter) & 65534 = 65534)
            THEN 'must not hold control characters'
    END
$$;
COMMENT ON FUNCTION ingest.filter_problem(text) IS
    'Why a topic filter of ingest.topic_decoder is none for MQTT; NULL where it is one. All filters travel in one '
    'SUBSCRIBE: with a single bad one thin would hear nothing any more.';
REVOKE ALL ON FUNCTION ingest.filter_problem(text) FROM PUBLIC;
