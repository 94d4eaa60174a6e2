CREATE OR REPLACE FUNCTION ingest.decode_vibration(
    ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[]
) RETURNS SETOF ingest.point
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT j.ordinal, j.equipment, 'vibration', 'vibration', NULL::text, coalesce(j.at, j.received_at), j.value,
           0::smallint, false,
           CASE WHEN j.is_bad THEN 'malformed_json'
                WHEN j.at IS NULL AND j."timestamp" IS NOT NULL THEN 'bad_timestamp'
                ELSE ingest.value_error(j.vibe, j.value) END,
           CASE WHEN j.is_bad THEN NULL
                WHEN j.at IS NULL AND j."timestamp" IS NOT NULL THEN 'timestamp'
                ELSE 'vibe' END
    FROM (
        SELECT u.ordinal, u.equipment, u.received_at, r."timestamp", r.vibe::text AS vibe,
               ingest.parse_written_value(r.vibe::text) AS value, ingest.parse_time(r."timestamp") AS at, u.is_bad
        FROM (
            SELECT n.*, n.payload IS NOT JSON OBJECT OR ingest.is_unreadable(n.payload) AS is_bad
            FROM unnest(ordinal, equipment, payload, received_at) AS n (ordinal, equipment, payload, received_at)
            OFFSET 0
        ) AS u
        CROSS JOIN LATERAL json_to_record(CASE WHEN u.is_bad THEN '{}' ELSE u.payload::json END)
            AS r ("timestamp" text, vibe json)
        -- computed once a message, not once a use
        OFFSET 0
    ) AS j
$$;
COMMENT ON FUNCTION ingest.decode_vibration(integer[], text[], text[], text[], timestamptz[]) IS
    'unity/sensors/{equipment}/vibration: {device, timestamp, vibe}, stored as vibration. The number may be written as '
    'text.';
REVOKE ALL ON FUNCTION ingest.decode_vibration(integer[], text[], text[], text[], timestamptz[]) FROM PUBLIC;
