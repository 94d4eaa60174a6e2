CREATE OR REPLACE FUNCTION ingest.set_aside(
    topic text[], payload text[], raw bytea[], received_at timestamptz[], bad integer[], reason text[], detail text[]
) RETURNS integer
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF EXISTS (SELECT FROM unnest(set_aside.bad) AS b
               WHERE (b BETWEEN 1 AND cardinality(set_aside.topic)) IS NOT TRUE) THEN
        -- which message it means is found by trying each alone
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = 'a decoder answered for a message that it was not given';
    END IF;
    -- one row a message: several bad members are told in one detail
    RETURN (
        SELECT ingest.quarantine_batch(array_agg(b.topic), array_agg(b.payload), array_agg(b.reason),
                                       array_agg(b.detail),
                                       array_agg(b.received_at))
        FROM (
            SELECT set_aside.topic[e.ordinal] AS topic,
                   coalesce(set_aside.raw[e.ordinal], convert_to(set_aside.payload[e.ordinal], 'UTF8')) AS payload,
                   min(e.reason) AS reason, string_agg(e.detail, ', ') AS detail,
                   set_aside.received_at[e.ordinal] AS received_at
            FROM unnest(set_aside.bad, set_aside.reason, set_aside.detail) AS e (ordinal, reason, detail)
            GROUP BY e.ordinal
            ORDER BY e.ordinal
        ) AS b);
END
$$;
COMMENT ON FUNCTION ingest.set_aside(text[], text[], bytea[], timestamptz[], integer[], text[], text[]) IS
    'Puts messages of a batch into quarantine: bad are their ordinals, with a reason and a detail each; returns how '
    'many messages. MW422: an ordinal is none of the batch. Part of ingest.accept.';
REVOKE ALL ON FUNCTION ingest.set_aside(text[], text[], bytea[], timestamptz[], integer[], text[], text[]) FROM PUBLIC;
