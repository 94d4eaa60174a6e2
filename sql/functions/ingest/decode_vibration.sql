CREATE OR REPLACE FUNCTION ingest.decode_vibration(
    ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[]
) RETURNS SETOF ingest.point
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT j.ordinal, j.equipment, 'vibration', 'vibration', 'mm/s', coalesce(j.at, j.received_at), j.value, 0::smallint, false,
           CASE WHEN j.is_bad THEN 'malformed_json'
                WHEN j.at IS NULL AND j."timestamp" IS NOT NULL THEN 'bad_timestamp'
                ELSE ingest.value_error(j.vibe, j.value) END,
           CASE WHEN j.is_bad THEN NULL
                WHEN j.at IS NULL AND j."timestamp" IS NOT NULL THEN 'timestamp'
                ELSE 'vibe' END
    FROM (
        SELECT u.ordinal, u.equipment, u.received_at, r.*, ingest.parse_value(r.vibe) AS value,
               ingest.parse_time(r."timestamp") AS at, u.payload IS NOT JSON OBJECT AS is_bad
        FROM unnest(ordinal, equipment, payload, received_at) AS u (ordinal, equipment, payload, received_at)
        CROSS JOIN LATERAL json_to_record(CASE WHEN u.payload IS JSON OBJECT THEN u.payload::json ELSE '{}' END)
            AS r ("timestamp" text, vibe text)
        -- computed once a message, not once a use
        OFFSET 0
    ) AS j
$$;
COMMENT ON FUNCTION ingest.decode_vibration(integer[], text[], text[], text[], timestamptz[]) IS
    'unity/sensors/{equipment}/vibration: {device, timestamp, vibe}, vibration velocity in mm/s, stored as vibration.';
REVOKE ALL ON FUNCTION ingest.decode_vibration(integer[], text[], text[], text[], timestamptz[]) FROM PUBLIC;
