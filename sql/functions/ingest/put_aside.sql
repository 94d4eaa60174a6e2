CREATE OR REPLACE FUNCTION ingest.put_aside(
    INOUT topic text[], INOUT payload text[], INOUT raw bytea[], INOUT received_at timestamptz[]
)
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_bytes integer := ops.setting_int('ingest.bulk_bytes');
    v_live timestamptz := telemetry.live_from();
    v_aside bigint[];
BEGIN
    WITH bulk AS MATERIALIZED (
        SELECT u.*
        FROM unnest(put_aside.topic, put_aside.payload, put_aside.received_at) WITH ORDINALITY AS u (topic, payload,
             received_at, ordinal)
        WHERE octet_length(u.payload) > v_bytes AND ingest.is_bulk(u.payload, v_live)
    ), kept AS (
        INSERT INTO ingest.backlog_message (topic, payload, received_at)
        SELECT b.topic, b.payload, coalesce(b.received_at, clock_timestamp()) FROM bulk AS b ORDER BY b.ordinal
    )
    SELECT array_agg(b.ordinal) INTO v_aside FROM bulk AS b;
    IF v_aside IS NOT NULL THEN
        SELECT coalesce(array_agg(u.topic ORDER BY u.ordinal), '{}'),
               coalesce(array_agg(u.payload ORDER BY u.ordinal), '{}'),
               coalesce(array_agg(u.raw ORDER BY u.ordinal), '{}'),
               coalesce(array_agg(u.received_at ORDER BY u.ordinal), '{}')
        INTO topic, payload, raw, received_at
        FROM unnest(put_aside.topic, put_aside.payload, put_aside.raw, put_aside.received_at) WITH ORDINALITY
            AS u (topic, payload, raw, received_at, ordinal)
        WHERE u.ordinal <> ALL (v_aside);
    END IF;
END
$$;
COMMENT ON FUNCTION ingest.put_aside(text[], text[], bytea[], timestamptz[]) IS
    'Stores the messages of a batch that hold many points of long ago in ingest.backlog_message, as they came, and '
    'returns the others. Called by ingest.accept in the transaction that acknowledges them.';
REVOKE ALL ON FUNCTION ingest.put_aside(text[], text[], bytea[], timestamptz[]) FROM PUBLIC;
