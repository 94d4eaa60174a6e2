CREATE OR REPLACE FUNCTION ingest.decode_wide_row(
    ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[]
) RETURNS SETOF ingest.point
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 4000
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.ordinal, p.equipment, p.key,
           -- what says true or false is, where nobody knows it yet, a binary sensor
           CASE WHEN p.number IN (0, 1) AND p.value IN ('true', 'false') THEN 'binary' ELSE p.key END,
           p.units ->> p.key, coalesce(p.at, p.received_at), p.number, p.quality, p.is_historical,
           CASE
               WHEN p.is_bad THEN 'malformed_json'
               WHEN p.is_long THEN 'too_many_points'
               WHEN p.key IS NULL THEN 'missing_value'
               WHEN p.at IS NULL AND p.time IS NOT NULL THEN 'bad_timestamp'
               WHEN length(p.key) NOT BETWEEN 1 AND 128 THEN 'bad_sensor_name'
               WHEN p.has_bad_units OR length(p.units ->> p.key) > 32 THEN 'bad_unit'
               ELSE ingest.value_error(p.value, p.number)
           END,
           CASE
               WHEN p.is_bad OR p.is_long THEN NULL
               WHEN p.key IS NULL THEN 'values'
               WHEN p.at IS NULL AND p.time IS NOT NULL THEN 'time'
               ELSE 'values.' || left(p.key, 128)
           END
    FROM (
        SELECT j.*, member.key, nullif(member.value::text, 'null') AS value,
               coalesce(ingest.parse_value(member.value::text), ingest.parse_boolean(member.value::text)) AS number
        FROM (
            SELECT u.ordinal, u.equipment, u.received_at, r.time, r.values,
                   -- as jsonb, in which a member is found without reading all of them again
                   CASE WHEN json_typeof(r.units) = 'object'
                        AND pg_input_is_valid(r.units::text, 'jsonb') THEN r.units::text::jsonb END AS units,
                   r.units IS NOT NULL
                       AND (json_typeof(r.units) <> 'object'
                            OR NOT pg_input_is_valid(r.units::text, 'jsonb')) AS has_bad_units,
                   ingest.parse_quality(r.quality) AS quality,
                   coalesce(r.is_historical IN ('true', 't', '1'), false) AS is_historical,
                   ingest.parse_time(r.time) AS at, u.is_bad,
                   -- six characters a member at least: shorter ones are not counted
                   CASE WHEN length(u.payload) < 6 * ops.setting_int('ingest.points_per_message')
                        OR json_typeof(r.values) <> 'object' THEN false
                        ELSE (SELECT count(*) FROM json_object_keys(r.values))
                             > ops.setting_int('ingest.points_per_message') END AS is_long
            FROM (
                SELECT n.*, n.payload IS NOT JSON OBJECT OR ingest.is_unreadable(n.payload) AS is_bad
                FROM unnest(ordinal, equipment, payload, received_at) AS n (ordinal, equipment, payload, received_at)
                OFFSET 0
            ) AS u
            CROSS JOIN LATERAL json_to_record(CASE WHEN u.is_bad THEN '{}' ELSE u.payload::json END)
                AS r ("time" text, quality text, is_historical text, "values" json, units json)
            OFFSET 0
        ) AS j
        LEFT JOIN LATERAL json_each(
            CASE WHEN json_typeof(j.values) = 'object' AND NOT j.is_long THEN j.values ELSE '{}' END) AS member ON true
        -- computed once a point, not once a use
        OFFSET 0
    ) AS p
$$;
COMMENT ON FUNCTION ingest.decode_wide_row(integer[], text[], text[], text[], timestamptz[]) IS
    'factory/{equipment}: {time, values: {sensor: number, true or false}, units?: {sensor: unit}, quality?, '
    'is_historical?}, several sensors of one equipment at one time. Text in values is no value.';
REVOKE ALL ON FUNCTION ingest.decode_wide_row(integer[], text[], text[], text[], timestamptz[]) FROM PUBLIC;
