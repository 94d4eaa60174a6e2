CREATE OR REPLACE FUNCTION ingest.decode_wide_row(
    ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[]
) RETURNS SETOF ingest.point
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 4000
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.ordinal, m.equipment, member.key, member.key, NULL::text,
           coalesce(t.at, m.received_at), v.value, ingest.parse_quality(j.quality),
           coalesce(j.is_historical IN ('true', 't', '1'), false),
           CASE
               WHEN j.is_bad THEN 'malformed_json'
               WHEN member.key IS NULL THEN 'missing_value'
               WHEN t.is_bad THEN 'bad_timestamp'
               WHEN length(member.key) NOT BETWEEN 1 AND 128 THEN 'bad_sensor_name'
               ELSE ingest.value_error(member.value, v.value)
           END,
           CASE
               WHEN j.is_bad THEN NULL
               WHEN member.key IS NULL THEN 'values'
               WHEN t.is_bad THEN 'time'
               ELSE 'values.' || left(member.key, 128)
           END
    FROM unnest(ordinal, equipment, payload, received_at) AS m (ordinal, equipment, payload, received_at)
    CROSS JOIN LATERAL (
        SELECT r.*, m.payload IS NOT JSON OBJECT AS is_bad
        FROM json_to_record(CASE WHEN m.payload IS JSON OBJECT THEN m.payload::json ELSE '{}' END)
            AS r ("time" text, quality text, is_historical text, "values" json)
    ) AS j
    CROSS JOIN LATERAL (
        SELECT p.at, p.at IS NULL AND j.time IS NOT NULL AS is_bad
        FROM (SELECT ingest.parse_time(j.time) AS at) AS p
    ) AS t
    LEFT JOIN LATERAL json_each_text(
        CASE WHEN json_typeof(j.values) = 'object' THEN j.values ELSE '{}' END) AS member ON true
    CROSS JOIN LATERAL (SELECT ingest.parse_value(member.value) AS value) AS v
$$;
COMMENT ON FUNCTION ingest.decode_wide_row(integer[], text[], text[], text[], timestamptz[]) IS
    'factory/{equipment}: {time, values: {sensor: number}, quality?, is_historical?}, several sensors of one equipment at one time.';
REVOKE ALL ON FUNCTION ingest.decode_wide_row(integer[], text[], text[], text[], timestamptz[]) FROM PUBLIC;
