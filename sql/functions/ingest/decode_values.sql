CREATE OR REPLACE FUNCTION ingest.decode_values(
    ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[]
) RETURNS SETOF ingest.point
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
    -- the three spellings of one sensor's message become the same rows: object, array of objects, bare number
    SELECT m.ordinal, m.equipment, m.sensor, m.sensor, e.unit,
           coalesce(t.at, m.received_at), v.value, ingest.parse_quality(e.quality),
           coalesce(e.is_historical IN ('true', 't', '1'), false),
           CASE
               WHEN m.kind = 'bad' THEN 'malformed_json'
               WHEN m.kind = 'empty' THEN 'empty_message'
               WHEN t.is_bad THEN 'bad_timestamp'
               WHEN length(e.unit) > 32 THEN 'bad_unit'
               ELSE ingest.value_error(e.value, v.value)
           END,
           CASE WHEN m.kind IN ('bad', 'empty') THEN NULL WHEN t.is_bad THEN 'time' ELSE 'value' END
           || CASE WHEN m.kind = 'array' THEN ' of element ' || e.position ELSE '' END
    FROM (
        SELECT u.*,
               CASE
                   WHEN u.payload IS JSON OBJECT THEN 'object'
                   WHEN u.payload IS JSON ARRAY THEN
                       CASE WHEN json_array_length(u.payload::json) = 0 THEN 'empty' ELSE 'array' END
                   WHEN u.payload IS JSON SCALAR THEN 'scalar'
                   ELSE 'bad'
               END AS kind
        FROM unnest(ordinal, equipment, sensor, payload, received_at) AS u (ordinal, equipment, sensor, payload, received_at)
    ) AS m
    CROSS JOIN LATERAL (
        SELECT r.time, r.value, r.unit, r.quality, r.is_historical, 1 AS position
        FROM json_to_record(CASE WHEN m.kind = 'object' THEN m.payload::json ELSE '{}' END)
            AS r ("time" text, "value" text, unit text, quality text, is_historical text)
        WHERE m.kind IN ('object', 'bad', 'empty')
        UNION ALL
        SELECT r.time, r.value, r.unit, r.quality, r.is_historical, a.position::integer
        FROM json_array_elements(CASE WHEN m.kind = 'array' THEN m.payload::json ELSE '[]' END)
            WITH ORDINALITY AS a (element, position)
        CROSS JOIN LATERAL json_to_record(CASE WHEN json_typeof(a.element) = 'object' THEN a.element ELSE '{}' END)
            AS r ("time" text, "value" text, unit text, quality text, is_historical text)
        UNION ALL
        SELECT NULL, trim(m.payload, E' \t\r\n'), NULL, NULL, NULL, 1
        WHERE m.kind = 'scalar'
    ) AS e
    CROSS JOIN LATERAL (
        SELECT p.at, p.at IS NULL AND e.time IS NOT NULL AS is_bad
        FROM (SELECT ingest.parse_time(e.time) AS at) AS p
    ) AS t
    CROSS JOIN LATERAL (SELECT ingest.parse_value(e.value) AS value) AS v
$$;
COMMENT ON FUNCTION ingest.decode_values(integer[], text[], text[], text[], timestamptz[]) IS
    'factory/{equipment}/{sensor}: {time, value, unit?, quality?, is_historical?}, an array of them, or a bare number.';
REVOKE ALL ON FUNCTION ingest.decode_values(integer[], text[], text[], text[], timestamptz[]) FROM PUBLIC;
