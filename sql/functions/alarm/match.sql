CREATE OR REPLACE FUNCTION alarm.match(rules alarm.rule[], sensors integer[] DEFAULT NULL, machines text[] DEFAULT NULL)
    RETURNS TABLE (rule_id bigint, equipment_id text, sensor_id integer, specificity integer, because text)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH r AS MATERIALIZED (
        SELECT x.id, c.subject = 'equipment' AS whole,
               x.select_equipment, alarm.like_patterns(x.select_equipment) AS equipment_like,
               x.select_equipment_type, x.select_location, alarm.like_patterns(x.select_location) AS location_like,
               x.select_tags,
               x.select_sensor, alarm.like_patterns(x.select_sensor) AS sensor_like, x.select_sensor_type,
               -- short: it stands in the row of each sensor
               left(nullif(concat_ws(', ',
                   'equipment ' || array_to_string(x.select_equipment, '|'), 'sensor '
                       || array_to_string(x.select_sensor, '|'),
                   'tags ' || array_to_string(x.select_tags, '&'), 'location '
                       || array_to_string(x.select_location, '|'),
                   'equipment type ' || array_to_string(x.select_equipment_type, '|'),
                   'sensor type ' || array_to_string(x.select_sensor_type, '|')), ''), 500) AS because
        FROM unnest(match.rules) AS x
        JOIN alarm.condition AS c ON c.name = x.condition
    ), s AS MATERIALIZED (
        SELECT e.id AS equipment_id, e.type AS equipment_type, e.location AS equipment_location, n.id AS sensor_id,
               n.name, n.type,
               coalesce(n.location, e.location) AS location, e.tags || n.tags AS tags
        FROM plant.equipment AS e
        JOIN plant.sensor AS n ON n.equipment_id = e.id
        WHERE (match.sensors IS NULL OR n.id = ANY (match.sensors))
          AND e.status NOT IN ('inactive', 'retired') AND n.status NOT IN ('inactive', 'retired')
        UNION ALL
        -- conditions that judge a whole machine
        SELECT e.id, e.type, e.location, NULL, NULL, NULL, e.location, e.tags
        FROM plant.equipment AS e
        WHERE e.status NOT IN ('inactive', 'retired')
          AND (match.sensors IS NULL
               OR e.id IN (SELECT n.equipment_id FROM plant.sensor AS n WHERE n.id = ANY (match.sensors))
               OR e.id = ANY (match.machines))
    )
    SELECT r.id, s.equipment_id, s.sensor_id,
           CASE WHEN r.select_equipment IS NULL THEN 0 WHEN s.equipment_id = ANY (r.select_equipment) THEN 128
                ELSE 64 END
           + CASE WHEN r.select_sensor IS NULL THEN 0 WHEN s.name = ANY (r.select_sensor) THEN 32 ELSE 16 END
           + CASE WHEN r.select_tags IS NULL THEN 0 ELSE 8 END
           + CASE WHEN r.select_location IS NULL THEN 0 ELSE 4 END
           + CASE WHEN r.select_equipment_type IS NULL THEN 0 ELSE 2 END
           + CASE WHEN r.select_sensor_type IS NULL THEN 0 ELSE 1 END,
           coalesce(r.because, 'everything')
    FROM r
    JOIN s ON r.whole = (s.sensor_id IS NULL)
        AND (r.select_equipment IS NULL OR s.equipment_id LIKE ANY (r.equipment_like))
        AND (r.select_sensor IS NULL OR s.name LIKE ANY (r.sensor_like))
        AND (r.select_sensor_type IS NULL OR s.type = ANY (r.select_sensor_type))
        AND (r.select_equipment_type IS NULL OR s.equipment_type = ANY (r.select_equipment_type))
        AND (r.select_location IS NULL OR s.location LIKE ANY (r.location_like)
             OR s.equipment_location LIKE ANY (r.location_like))
        AND (r.select_tags IS NULL OR s.tags @> r.select_tags)
$$;
COMMENT ON FUNCTION alarm.match(alarm.rule[], integer[], text[]) IS
    'Which sensors (or whole machines) rules select, with how specific the selection is (equipment 128, equipment '
    'pattern 64, sensor name 32, its pattern 16, tags 8, location 4, equipment type 2, sensor type 1, added up) and by '
    'what. sensors NULL: all; machines adds whole machines, with or without sensors. Machines and sensors that are '
    'inactive or retired are selected by no rule.';
REVOKE ALL ON FUNCTION alarm.match(alarm.rule[], integer[], text[]) FROM PUBLIC;
