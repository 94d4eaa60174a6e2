CREATE OR REPLACE FUNCTION ingest.quarantine_batch(
    topic text[], payload bytea[], reason text[], detail text[], received_at timestamptz[]
) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- a setting that somebody emptied must not make messages vanish
    v_whole integer := greatest(coalesce(ops.setting_int('ingest.quarantine_per_batch'), 1), 1);
BEGIN
    IF coalesce(cardinality(topic), 0) = 0 THEN
        RETURN 0;
    END IF;
    WITH message AS (
        -- whatever a decoder gave as reason fits
        SELECT m.topic, m.payload, left(coalesce(m.reason, 'no_reason'), 64) AS reason, m.detail,
               coalesce(m.received_at, clock_timestamp()) AS received_at,
               row_number() OVER (PARTITION BY m.topic, left(coalesce(m.reason, 'no_reason'), 64)
                                  ORDER BY m.ordinal) AS occurrence
        FROM unnest(quarantine_batch.topic, quarantine_batch.payload, quarantine_batch.reason,
                    quarantine_batch.detail, quarantine_batch.received_at) WITH ORDINALITY
            AS m (topic, payload, reason, detail, received_at, ordinal)
    )
    INSERT INTO ingest.quarantine (topic, payload, reason, detail, received_at, repeated)
    SELECT m.topic, substr(m.payload, 1, 65536), m.reason, left(m.detail, 1000), m.received_at, 1
    FROM message AS m
    WHERE m.occurrence <= v_whole
    UNION ALL
    -- a sender gone mad does not fill the disk; that there was more is still written down
    SELECT m.topic, NULL, m.reason, 'further messages of the same topic and reason', max(m.received_at),
           count(*)::integer
    FROM message AS m
    WHERE m.occurrence > v_whole
    GROUP BY m.topic, m.reason;
    RETURN cardinality(topic);
END
$$;
COMMENT ON FUNCTION ingest.quarantine_batch(text[], bytea[], text[], text[], timestamptz[]) IS
    'Puts messages aside with a reason code. Called by ingest.accept, and by thin for messages that it reads itself '
    '(features, waveforms). Fails for nothing that a message holds: texts are cut to what their columns take, and the '
    'topic''s index is on its hash. Returns how many messages.';
REVOKE ALL ON FUNCTION ingest.quarantine_batch(text[], bytea[], text[], text[], timestamptz[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.quarantine_batch(text[], bytea[], text[], text[], timestamptz[]) TO thin;
