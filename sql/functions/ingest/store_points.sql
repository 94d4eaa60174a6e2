CREATE OR REPLACE FUNCTION ingest.store_points(
    equipment text[], sensor text[], sensor_type text[], unit text[], "time" timestamptz[], value float8[],
    OUT stored integer, OUT duplicates integer, OUT historical integer, OUT rejected jsonb
)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
    v_now timestamptz := clock_timestamp();
    v_latest_time timestamptz := v_now + ops.setting_interval('ingest.future_tolerance');
    v_earliest_time timestamptz := v_now - ops.setting_interval('ingest.oldest');
    v_good record;
BEGIN
    IF ops.setting_text('ingest.unknown_equipment') = 'register' THEN
        PERFORM plant.discover(array_agg(p.equipment), array_agg(p.sensor), array_agg(p.sensor_type), array_agg(p.unit))
        FROM unnest(store_points.equipment, store_points.sensor, store_points.sensor_type, store_points.unit)
            AS p (equipment, sensor, sensor_type, unit)
        WHERE NOT EXISTS (SELECT FROM plant.sensor AS s WHERE s.equipment_id = p.equipment AND s.name = p.sensor)
        HAVING count(*) > 0;
    END IF;

    SELECT array_agg(c.sensor_id) FILTER (WHERE c.error IS NULL) AS sensor_id,
           array_agg(c.time) FILTER (WHERE c.error IS NULL) AS time,
           array_agg(c.value) FILTER (WHERE c.error IS NULL) AS value,
           count(*) FILTER (WHERE c.error IS NULL) AS n,
           coalesce(jsonb_agg(jsonb_build_object('index', c.ordinal - 1, 'code', c.error) ORDER BY c.ordinal)
               FILTER (WHERE c.error IS NOT NULL), '[]') AS rejected
    INTO v_good
    FROM (
        SELECT p.ordinal, s.id AS sensor_id, p.time, p.value,
               CASE
                   WHEN p.value IS NULL THEN 'missing_value'
                   WHEN p.value = 'NaN' OR abs(p.value) = 'Infinity' THEN 'non_finite'
                   WHEN p.time > v_latest_time THEN 'future_timestamp'
                   WHEN p.time < v_earliest_time THEN 'ancient_timestamp'
                   WHEN s.id IS NULL THEN 'unknown_sensor'
               END AS error
        FROM (
            SELECT u.ordinal, u.equipment, u.sensor, coalesce(u.time, v_now) AS time, u.value
            FROM unnest(store_points.equipment, store_points.sensor, store_points.time, store_points.value) WITH ORDINALITY
                AS u (equipment, sensor, time, value, ordinal)
        ) AS p
        LEFT JOIN plant.sensor AS s ON s.equipment_id = p.equipment AND s.name = p.sensor
        ORDER BY s.id, p.time
    ) AS c;

    rejected := v_good.rejected;
    SELECT s.stored, s.duplicates, s.historical INTO stored, duplicates, historical
    FROM ingest.store(v_good.sensor_id, v_good.time, v_good.value,
                      array_fill(0::smallint, ARRAY[v_good.n::integer]), array_fill(false, ARRAY[v_good.n::integer]), v_now) AS s;
END
$$;
COMMENT ON FUNCTION ingest.store_points(text[], text[], text[], text[], timestamptz[], float8[]) IS
    'Points that came over HTTP. Arrays of equal length; a NULL time means now. Returns what was stored and a list of what was refused: [{index, code}], codes as in ingest.quarantine.reason. The caller decides whether a refusal undoes the rest.';
REVOKE ALL ON FUNCTION ingest.store_points(text[], text[], text[], text[], timestamptz[], float8[]) FROM PUBLIC;
