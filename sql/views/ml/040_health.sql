CREATE VIEW ml.health_reset AS
SELECT c.equipment_id, c.type AS component_type, x.at, x.because
FROM plant.component_life AS l
JOIN plant.component AS c ON c.id = l.component_id
CROSS JOIN LATERAL (VALUES (l.installed_at, 'installed'), (l.removed_at, 'removed')) AS x (at, because)
WHERE x.at IS NOT NULL
UNION ALL
SELECT f.equipment_id, c.type, greatest(f.failed_at, f.down_to), 'failure'
FROM plant.failure AS f
LEFT JOIN plant.component AS c ON c.id = f.component_id
UNION ALL
-- to look changes nothing, and where nothing was found nothing was changed
SELECT w.equipment_id, c.type, w.done_at, 'work_order'
FROM plant.work_order AS w
LEFT JOIN plant.component AS c ON c.id = w.component_id
WHERE w.done_at IS NOT NULL AND w.kind <> 'inspection' AND w.finding IS DISTINCT FROM 'nothing'
UNION ALL
-- a window only keeps alarms quiet; what is the window of an order above is judged there
SELECT m.equipment_id, NULL, coalesce(m.ends_at, m.updated_at), 'maintenance'
FROM plant.maintenance AS m
WHERE m.kind = 'work_order' AND m.status = 'done'
  AND NOT EXISTS (SELECT FROM plant.work_order AS w WHERE w.maintenance_id = m.id)
UNION ALL
SELECT e.id, NULL, e.last_maintenance, 'maintenance' FROM plant.equipment AS e WHERE e.last_maintenance IS NOT NULL;
COMMENT ON VIEW ml.health_reset IS
    'When something was done at a machine, so that what its health did before says nothing of what it will do: parts '
    'that came and went, failures (their repair), orders and maintenance that were done. component_type: of the part; '
    'NULL: the machine as a whole.';
GRANT SELECT ON ml.health_reset TO viewer;

CREATE VIEW ml.health_source AS
SELECT i.name AS indicator, i.kind, e.id AS equipment_id, e.type AS equipment_type, x.part, x.sensor_id, x.sensor_type,
       x.unit, x.model_version, i.statistic, x.limit_value, i.direction, x.centre, x.spread, i.component_type
FROM ml.health_indicator AS i
JOIN plant.equipment AS e
    ON (i.equipment_id = e.id OR i.equipment_id IS NULL) AND (i.equipment_type = e.type OR i.equipment_type IS NULL)
    AND e.status NOT IN ('inactive', 'retired')
CROSS JOIN LATERAL (
    SELECT s.name AS part, s.id AS sensor_id, s.type AS sensor_type, s.unit, NULL::text AS model_version,
           CASE i.kind WHEN 'vibration_zone' THEN coalesce(i.limit_value, z.cd) ELSE i.limit_value END AS limit_value,
           b.centre, b.spread
    FROM plant.sensor AS s
    LEFT JOIN alarm.baseline AS b ON i.kind = 'baseline_distance' AND b.sensor_id = s.id AND b.state = '*'
        AND b.hour_of_week = -1
    -- asked only where it may be known
    CROSS JOIN LATERAL (
        SELECT CASE WHEN i.kind = 'vibration_zone' AND e.specifications ? 'vibration_class' THEN
            (alarm.vibration_limits(s.id)).cd END AS cd
        OFFSET 0
    ) AS z
    WHERE s.equipment_id = e.id AND i.kind <> 'prediction_ratio'
      AND s.status NOT IN ('inactive', 'retired')
      AND (s.type = i.sensor_type OR i.sensor_type IS NULL) AND (s.name = i.sensor OR i.sensor IS NULL)
      -- what it takes
      AND CASE i.kind WHEN 'baseline_distance' THEN b.spread IS NOT NULL
                      WHEN 'vibration_zone' THEN z.cd IS NOT NULL ELSE true END
    UNION ALL
    SELECT v.power, NULL, 'ratio', NULL, v.serving_version, i.limit_value, NULL, NULL
    FROM ml.serving AS v
    WHERE i.kind = 'prediction_ratio' AND v.equipment_id = e.id AND v.serving_version IS NOT NULL
) AS x
WHERE i.enabled;
COMMENT ON VIEW ml.health_source IS
    'Each series that a row of ml.health_indicator makes: which sensor (or bundle) of which machine, and the limit in '
    'its unit. Machines that are inactive or retired have none, nor has a sensor what its indicator does not fit: '
    'without a baseline, or a vibration class.';
COMMENT ON COLUMN ml.health_source.part IS 'plant.sensor.name, or the power of the bundle.';
GRANT SELECT ON ml.health_source TO viewer;
