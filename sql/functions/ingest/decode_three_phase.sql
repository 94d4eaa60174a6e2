CREATE OR REPLACE FUNCTION ingest.decode_three_phase(
    ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[]
) RETURNS SETOF ingest.point
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 3000
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.ordinal, m.equipment, axis.name, 'current', 'A',
           coalesce(t.at, m.received_at), axis.value, 0::smallint, false,
           CASE
               WHEN j.is_bad THEN 'malformed_json'
               WHEN t.is_bad THEN 'bad_timestamp'
               ELSE ingest.value_error(axis.raw, axis.value)
           END,
           CASE WHEN j.is_bad THEN NULL WHEN t.is_bad THEN 'timestamp' ELSE axis.member END
    FROM unnest(ordinal, equipment, payload, received_at) AS m (ordinal, equipment, payload, received_at)
    CROSS JOIN LATERAL (
        SELECT r.*, m.payload IS NOT JSON OBJECT AS is_bad
        FROM json_to_record(CASE WHEN m.payload IS JSON OBJECT THEN m.payload::json ELSE '{}' END)
            AS r ("timestamp" text, x text, y text, z text)
    ) AS j
    CROSS JOIN LATERAL (
        SELECT p.at, p.at IS NULL AND j."timestamp" IS NOT NULL AS is_bad
        FROM (SELECT ingest.parse_time(j."timestamp") AS at) AS p
    ) AS t
    CROSS JOIN LATERAL (
        VALUES ('x', 'current_x', j.x, ingest.parse_value(j.x)),
               ('y', 'current_y', j.y, ingest.parse_value(j.y)),
               ('z', 'current_z', j.z, ingest.parse_value(j.z))
    ) AS axis (member, name, raw, value)
$$;
COMMENT ON FUNCTION ingest.decode_three_phase(integer[], text[], text[], text[], timestamptz[]) IS
    'unity/sensors/{equipment}/data: {device, timestamp, x, y, z}, three phase currents in ampere, stored as current_x, current_y, current_z.';
REVOKE ALL ON FUNCTION ingest.decode_three_phase(integer[], text[], text[], text[], timestamptz[]) FROM PUBLIC;
