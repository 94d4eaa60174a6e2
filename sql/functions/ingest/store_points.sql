CREATE OR REPLACE FUNCTION ingest.store_points(
    equipment text[], sensor text[], sensor_type text[], unit text[], "time" timestamptz[], value float8[],
    is_boolean boolean[] DEFAULT NULL,
    OUT stored integer, OUT duplicates integer, OUT historical integer, OUT no_value integer, OUT same_time integer,
        OUT replaced integer,
    OUT rejected jsonb
)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
    v_now timestamptz := clock_timestamp();
    v_latest_time timestamptz := v_now + ops.setting_interval('ingest.future_tolerance');
    v_earliest_time timestamptz := ingest.earliest_time(v_now);
    v_binary text[] := ingest.binary_types();
    v_good record;
BEGIN
    IF ops.setting_text('ingest.unknown_equipment') = 'register' THEN
        PERFORM plant.discover(array_agg(p.equipment), array_agg(p.sensor), array_agg(p.sensor_type), array_agg(p.unit))
        FROM unnest(store_points.equipment, store_points.sensor, store_points.sensor_type, store_points.unit)
            AS p (equipment, sensor, sensor_type, unit)
        WHERE NOT EXISTS (SELECT FROM plant.sensor AS s WHERE s.equipment_id = p.equipment AND s.name = p.sensor)
        HAVING count(*) > 0;
    END IF;
    PERFORM plant.take_units(array_agg(p.equipment ORDER BY p.ordinal), array_agg(p.sensor ORDER BY p.ordinal),
                             array_agg(p.unit ORDER BY p.ordinal))
    FROM unnest(store_points.equipment, store_points.sensor, store_points.unit) WITH ORDINALITY
        AS p (equipment, sensor, unit, ordinal)
    JOIN plant.sensor AS s ON s.equipment_id = p.equipment AND s.name = p.sensor
    WHERE p.unit IS NOT NULL AND s.unit IS NULL
    HAVING count(*) > 0;

    WITH point AS MATERIALIZED (
        SELECT u.ordinal, coalesce(u.time, v_now) AS time, u.value, u.unit, s.id AS sensor_id,
               CASE
                   WHEN u.value IS NULL THEN 'missing_value'
                   WHEN u.value = 'NaN' OR abs(u.value) = 'Infinity' THEN 'non_finite'
                   WHEN u.time > v_latest_time THEN 'future_timestamp'
                   WHEN u.time < v_earliest_time THEN ingest.too_old(u.time, v_now)
                   WHEN s.id IS NULL THEN 'unknown_sensor'
                   WHEN u.is_boolean AND s.type <> ALL (v_binary) THEN 'not_binary'
               END AS error
        FROM unnest(store_points.equipment, store_points.sensor, store_points.unit, store_points.time,
                    store_points.value, store_points.is_boolean)
            WITH ORDINALITY AS u (equipment, sensor, unit, time, value, is_boolean, ordinal)
        LEFT JOIN plant.sensor AS s ON s.equipment_id = u.equipment AND s.name = u.sensor
    ), judged AS (
        SELECT p.ordinal, p.sensor_id, p.time, p.value, p.error FROM point AS p WHERE p.error IS NOT NULL
        UNION ALL
        SELECT u.ordinal, u.sensor_id, u.time, u.value, u.error
        FROM ingest.in_sensor_units(ARRAY(
            SELECT (p.sensor_id, p.time, p.value, p.unit, 0, false, p.ordinal, NULL)::ingest.stated_point
            FROM point AS p WHERE p.error IS NULL ORDER BY p.ordinal)) AS u
    )
    SELECT array_agg(c.sensor_id) FILTER (WHERE c.error IS NULL) AS sensor_id,
           array_agg(c.time) FILTER (WHERE c.error IS NULL) AS time,
           array_agg(c.value) FILTER (WHERE c.error IS NULL) AS value,
           count(*) FILTER (WHERE c.error IS NULL) AS n,
           array_agg(c.sensor_id) FILTER (WHERE c.error = 'no_value') AS none_sensor,
           array_agg(c.time) FILTER (WHERE c.error = 'no_value') AS none_time,
           array_agg(c.value) FILTER (WHERE c.error = 'no_value') AS none_value,
           coalesce(jsonb_agg(jsonb_build_object('index', c.ordinal - 1, 'code', c.error) ORDER BY c.ordinal)
               FILTER (WHERE c.error <> 'no_value'), '[]') AS rejected
    INTO v_good
    FROM (SELECT j.* FROM judged AS j ORDER BY j.sensor_id, j.time, j.ordinal) AS c;

    rejected := v_good.rejected;
    no_value := coalesce(cardinality(v_good.none_sensor), 0);
    SELECT s.stored, s.duplicates, s.historical, s.same_time, s.replaced
    INTO stored, duplicates, historical, same_time, replaced
    FROM ingest.store(v_good.sensor_id, v_good.time, v_good.value,
                      array_fill(0::smallint, ARRAY[v_good.n::integer]), array_fill(false, ARRAY[v_good.n::integer]),
                      v_now) AS s;
    IF no_value > 0 THEN
        PERFORM ingest.count_no_value(v_good.none_sensor, v_good.none_time, v_good.none_value);
    END IF;
END
$$;
COMMENT ON FUNCTION ingest.store_points(text[], text[], text[], text[], timestamptz[], float8[], boolean[]) IS
    'Points that came over HTTP. Arrays of equal length; a NULL time means now, a NULL unit the sensor''s, is_boolean '
    'that the value was true or false. Returns what was stored and a list of what was refused: [{index, code}], codes '
    'as in ingest.quarantine.reason, and how many stood for "no value" (ingest.no_value) and were counted only. The '
    'caller decides whether a refusal undoes the rest.';
REVOKE ALL ON FUNCTION ingest.store_points(text[], text[], text[], text[], timestamptz[], float8[], boolean[])
    FROM PUBLIC;
