CREATE VIEW report.maintenance_due AS
SELECT d.due_at, d.due_at < now() AS is_overdue, extract(epoch FROM d.due_at - now())::float8 / 86400 AS days_left,
       d.kind, d.equipment_id, e.name AS equipment_name, coalesce(e.location, '') AS location, e.criticality, d.sensor,
       d.what, d.status, d.latest_at, d.work_order_id
FROM (
    -- what is under way is due when it should be over; without an end it is being done, and not due
    SELECT CASE m.status WHEN 'planned' THEN m.starts_at ELSE m.ends_at END AS due_at, m.kind, m.equipment_id,
           NULL::text AS sensor, m.title AS what, m.status, NULL::timestamptz AS latest_at,
           NULL::bigint AS work_order_id
    FROM plant.maintenance AS m
    WHERE m.status = 'planned' OR m.status = 'in_progress' AND m.ends_at IS NOT NULL
    UNION ALL
    -- of one with a window, that is it
    SELECT CASE w.status WHEN 'planned' THEN coalesce(w.planned_from, w.planned_to) ELSE w.planned_to END, 'work_order',
           w.equipment_id,
           NULL, w.title, w.status, NULL, w.id
    FROM plant.work_order AS w
    WHERE w.status IN ('planned', 'in_progress') AND w.maintenance_id IS NULL
    UNION ALL
    SELECT x.next_maintenance, 'next_maintenance', x.id, NULL, 'Next maintenance', x.status, NULL, NULL
    FROM plant.equipment AS x
    WHERE x.next_maintenance IS NOT NULL
    UNION ALL
    SELECT (s.calibration_due::timestamp AT TIME ZONE plant.time_zone()), 'calibration', s.equipment_id, s.name,
           'Calibration', s.status, NULL, NULL
    FROM plant.sensor AS s
    WHERE s.calibration_due IS NOT NULL AND s.status <> 'retired'
    UNION ALL
    -- at the earliest: if it runs without a stop from now on
    SELECT now() + least(greatest(x.max_operating_hours - x.operating_hours, 0), 8.76e5) * INTERVAL '1 hour',
           'operating_hours', x.id, NULL,
           format('%s of %s operating hours', round(x.operating_hours::numeric), round(x.max_operating_hours::numeric)),
           x.status, NULL, NULL
    FROM plant.equipment AS x
    WHERE x.max_operating_hours IS NOT NULL
    UNION ALL
    SELECT f.rul_at + least(greatest(f.rul_hours, 0), 8.76e5) * INTERVAL '1 hour', 'remaining_life', f.equipment_id,
           NULL,
           format('Remaining life %s h', round(f.rul_hours::numeric)), f.status, NULL, NULL
    FROM report.fleet AS f
    WHERE f.rul_hours IS NOT NULL
    UNION ALL
    -- once it is taken up it is a work order
    SELECT a.stop_at, 'advice', a.equipment_id, NULL,
           concat_ws(', ', coalesce('Replace ' || c.name, 'Overhaul'),
                     CASE WHEN a.best_at IS NOT NULL THEN format('%s an hour instead of %s',
                         round(a.best_cost_per_hour::numeric, 2), round(a.failing_cost_per_hour::numeric, 2)) END,
                     'with ' || nullif(array_to_string(a.stop_with, ', '), '')),
           coalesce(w.status, 'advised'), a.latest_safe_at, w.id
    FROM plant.advice AS a
    LEFT JOIN plant.component AS c ON c.id = a.component_id
    LEFT JOIN plant.advice_order AS o ON o.equipment_id = a.equipment_id AND o.run_began_at = a.run_began_at
        AND o.component_id IS NOT DISTINCT FROM a.component_id
    LEFT JOIN plant.work_order AS w ON w.id = o.work_order_id
    WHERE coalesce(w.status, 'proposed') = 'proposed'
) AS d
JOIN plant.equipment AS e ON e.id = d.equipment_id AND e.status <> 'retired'
-- no client shows a time that is none
WHERE isfinite(d.due_at);
COMMENT ON VIEW report.maintenance_due IS
    'What is due, when and why: planned work, next maintenance of a machine, calibration of a sensor, the end of its '
    'operating hours (at the earliest), the end of its estimated remaining life, and when to act before that (advice: '
    'plant.advice). Order by due_at.';
COMMENT ON COLUMN report.maintenance_due.latest_at IS
    'Of advice: until then it fails with the probability of the setting plant.advice_risk.';
COMMENT ON COLUMN report.maintenance_due.work_order_id IS 'The work order, of advice the one that is proposed.';
GRANT SELECT ON report.maintenance_due TO viewer;
