CREATE OR REPLACE FUNCTION ingest.decode_vibration(
    ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[]
) RETURNS SETOF ingest.point
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.ordinal, m.equipment, 'vibration', 'vibration', 'mm/s',
           coalesce(t.at, m.received_at), v.value, 0::smallint, false,
           CASE
               WHEN j.is_bad THEN 'malformed_json'
               WHEN t.is_bad THEN 'bad_timestamp'
               ELSE ingest.value_error(j.vibe, v.value)
           END,
           CASE WHEN j.is_bad THEN NULL WHEN t.is_bad THEN 'timestamp' ELSE 'vibe' END
    FROM unnest(ordinal, equipment, payload, received_at) AS m (ordinal, equipment, payload, received_at)
    CROSS JOIN LATERAL (
        SELECT r.*, m.payload IS NOT JSON OBJECT AS is_bad
        FROM json_to_record(CASE WHEN m.payload IS JSON OBJECT THEN m.payload::json ELSE '{}' END)
            AS r ("timestamp" text, vibe text)
    ) AS j
    CROSS JOIN LATERAL (
        SELECT p.at, p.at IS NULL AND j."timestamp" IS NOT NULL AS is_bad
        FROM (SELECT ingest.parse_time(j."timestamp") AS at) AS p
    ) AS t
    CROSS JOIN LATERAL (SELECT ingest.parse_value(j.vibe) AS value) AS v
$$;
COMMENT ON FUNCTION ingest.decode_vibration(integer[], text[], text[], text[], timestamptz[]) IS
    'unity/sensors/{equipment}/vibration: {device, timestamp, vibe}, vibration velocity in mm/s, stored as vibration.';
REVOKE ALL ON FUNCTION ingest.decode_vibration(integer[], text[], text[], text[], timestamptz[]) FROM PUBLIC;
