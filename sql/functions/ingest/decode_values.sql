CREATE OR REPLACE FUNCTION ingest.decode_values(
    ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[]
) RETURNS SETOF ingest.point
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.ordinal, p.equipment, p.sensor,
           -- what says true or false is, where nobody knows it yet, a binary sensor
           CASE WHEN p.number IN (0, 1) AND p.value IN ('true', 'false') THEN 'binary' ELSE p.sensor END,
           p.unit, coalesce(p.at, p.received_at), p.number,
           ingest.parse_quality(p.quality), coalesce(p.is_historical IN ('true', 't', '1'), false),
           CASE
               WHEN p.kind = 'bad' THEN 'malformed_json'
               WHEN p.kind = 'empty' THEN 'empty_message'
               WHEN p.kind = 'long' THEN 'too_many_points'
               WHEN p.at IS NULL AND p.time IS NOT NULL THEN 'bad_timestamp'
               WHEN length(p.unit) > 32 THEN 'bad_unit'
               ELSE ingest.value_error(p.value, p.number)
           END,
           CASE WHEN p.kind IN ('bad', 'empty', 'long') THEN NULL
                WHEN p.at IS NULL AND p.time IS NOT NULL THEN 'time' ELSE 'value' END
           || CASE WHEN p.kind = 'array' THEN ' of element ' || p.position ELSE '' END
    FROM (
        -- the three spellings of one sensor's message become the same rows: object, array of objects, bare number
        SELECT m.ordinal, m.equipment, m.sensor, m.received_at, m.kind, e.*,
               ingest.parse_time(e.time) AS at,
               coalesce(ingest.parse_value(e.value), ingest.parse_boolean(e.value)) AS number
        FROM (
            SELECT u.*,
                   CASE
                       WHEN ingest.is_unreadable(u.payload) THEN 'bad'
                       WHEN u.payload IS JSON OBJECT THEN 'object'
                       WHEN u.payload IS JSON ARRAY THEN
                           CASE WHEN json_array_length(u.payload::json) = 0 THEN 'empty'
                                -- so short that it cannot have as many: not counted again
                                WHEN length(u.payload) >= 2 * ops.setting_int('ingest.points_per_message')
                                    AND json_array_length(u.payload::json)
                                        > ops.setting_int('ingest.points_per_message') THEN 'long'
                                ELSE 'array' END
                       WHEN u.payload IS JSON SCALAR THEN 'scalar'
                       ELSE 'bad'
                   END AS kind
            FROM unnest(ordinal, equipment, sensor, payload, received_at)
                AS u (ordinal, equipment, sensor, payload, received_at)
            OFFSET 0
        ) AS m
        CROSS JOIN LATERAL (
            SELECT r.time, r.value::text AS value, r.unit, r.quality, r.is_historical, 1 AS position
            FROM json_to_record(CASE WHEN m.kind = 'object' THEN m.payload::json ELSE '{}' END)
                AS r ("time" text, "value" json, unit text, quality text, is_historical text)
            WHERE m.kind IN ('object', 'bad', 'empty', 'long')
            UNION ALL
            SELECT r.time, r.value::text AS value, r.unit, r.quality, r.is_historical, a.position::integer
            FROM json_array_elements(CASE WHEN m.kind = 'array' THEN m.payload::json ELSE '[]' END)
                WITH ORDINALITY AS a (element, position)
            CROSS JOIN LATERAL json_to_record(CASE WHEN json_typeof(a.element) = 'object' THEN a.element ELSE '{}' END)
                AS r ("time" text, "value" json, unit text, quality text, is_historical text)
            UNION ALL
            SELECT NULL, trim(m.payload, E' \t\r\n'), NULL, NULL, NULL, 1
            WHERE m.kind = 'scalar'
        ) AS e
        -- computed once a point, not once a use
        OFFSET 0
    ) AS p
$$;
COMMENT ON FUNCTION ingest.decode_values(integer[], text[], text[], text[], timestamptz[]) IS
    'factory/{equipment}/{sensor}: {time, value, unit?, quality?, is_historical?}, an array of them, or a bare value: '
    'a number, or true or false.';
REVOKE ALL ON FUNCTION ingest.decode_values(integer[], text[], text[], text[], timestamptz[]) FROM PUBLIC;
