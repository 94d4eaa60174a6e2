CREATE OR REPLACE FUNCTION ingest.unclaimed(
    topic text[], payload text[], raw bytea[], OUT bad integer[], OUT reason text[], OUT detail text[]
)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(array_agg(m.ordinal::integer), '{}'), coalesce(array_agg(m.reason), '{}'),
           coalesce(array_agg(NULL::text), '{}')
    FROM (
        SELECT u.ordinal,
               CASE WHEN u.payload IS NOT NULL THEN 'no_decoder'
                    WHEN octet_length(u.raw) >= 65536 THEN 'oversized'
                    ELSE 'not_utf8' END AS reason
        FROM unnest(unclaimed.topic, unclaimed.payload, unclaimed.raw) WITH ORDINALITY AS u (topic, payload, raw,
             ordinal)
        WHERE u.payload IS NULL OR NOT EXISTS (SELECT FROM ingest.decoder_of(u.topic))
    ) AS m
$$;
COMMENT ON FUNCTION ingest.unclaimed(text[], text[], bytea[]) IS
    'The messages of a batch that no decoder takes, by ordinal, and why: bytes that are no text (or too many), topics '
    'that nobody claims. Part of ingest.accept.';
REVOKE ALL ON FUNCTION ingest.unclaimed(text[], text[], bytea[]) FROM PUBLIC;
