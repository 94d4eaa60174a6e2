CREATE OR REPLACE FUNCTION ingest.decode_wide_row(
    ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[]
) RETURNS SETOF ingest.point
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 4000
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.ordinal, p.equipment, p.key, p.key, NULL::text, coalesce(p.at, p.received_at), p.number, p.quality, p.is_historical,
           CASE
               WHEN p.is_bad THEN 'malformed_json'
               WHEN p.key IS NULL THEN 'missing_value'
               WHEN p.at IS NULL AND p.time IS NOT NULL THEN 'bad_timestamp'
               WHEN length(p.key) NOT BETWEEN 1 AND 128 THEN 'bad_sensor_name'
               ELSE ingest.value_error(p.value, p.number)
           END,
           CASE
               WHEN p.is_bad THEN NULL
               WHEN p.key IS NULL THEN 'values'
               WHEN p.at IS NULL AND p.time IS NOT NULL THEN 'time'
               ELSE 'values.' || left(p.key, 128)
           END
    FROM (
        SELECT j.*, member.key, member.value, ingest.parse_value(member.value) AS number
        FROM (
            SELECT u.ordinal, u.equipment, u.received_at, r.time, r.values,
                   ingest.parse_quality(r.quality) AS quality, coalesce(r.is_historical IN ('true', 't', '1'), false) AS is_historical,
                   ingest.parse_time(r.time) AS at, u.payload IS NOT JSON OBJECT AS is_bad
            FROM unnest(ordinal, equipment, payload, received_at) AS u (ordinal, equipment, payload, received_at)
            CROSS JOIN LATERAL json_to_record(CASE WHEN u.payload IS JSON OBJECT THEN u.payload::json ELSE '{}' END)
                AS r ("time" text, quality text, is_historical text, "values" json)
            OFFSET 0
        ) AS j
        LEFT JOIN LATERAL json_each_text(
            CASE WHEN json_typeof(j.values) = 'object' THEN j.values ELSE '{}' END) AS member ON true
        -- computed once a point, not once a use
        OFFSET 0
    ) AS p
$$;
COMMENT ON FUNCTION ingest.decode_wide_row(integer[], text[], text[], text[], timestamptz[]) IS
    'factory/{equipment}: {time, values: {sensor: number}, quality?, is_historical?}, several sensors of one equipment at one time.';
REVOKE ALL ON FUNCTION ingest.decode_wide_row(integer[], text[], text[], text[], timestamptz[]) FROM PUBLIC;
