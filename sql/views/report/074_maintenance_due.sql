CREATE VIEW report.maintenance_due AS
SELECT d.due_at, d.due_at < now() AS is_overdue, extract(epoch FROM d.due_at - now())::float8 / 86400 AS days_left,
       d.kind, d.equipment_id, e.name AS equipment_name, coalesce(e.location, '') AS location, e.criticality, d.sensor,
       d.what, d.status
FROM (
    -- what is under way is due when it should be over; without an end it is being done, and not due
    SELECT CASE m.status WHEN 'planned' THEN m.starts_at ELSE m.ends_at END AS due_at, m.kind, m.equipment_id,
           NULL::text AS sensor, m.title AS what, m.status
    FROM plant.maintenance AS m
    WHERE m.status = 'planned' OR m.status = 'in_progress' AND m.ends_at IS NOT NULL
    UNION ALL
    -- of one with a window, that is it
    SELECT CASE w.status WHEN 'planned' THEN coalesce(w.planned_from, w.planned_to) ELSE w.planned_to END, 'work_order',
           w.equipment_id,
           NULL, w.title, w.status
    FROM plant.work_order AS w
    WHERE w.status IN ('planned', 'in_progress') AND w.maintenance_id IS NULL
    UNION ALL
    SELECT x.next_maintenance, 'next_maintenance', x.id, NULL, 'Next maintenance', x.status
    FROM plant.equipment AS x
    WHERE x.next_maintenance IS NOT NULL
    UNION ALL
    SELECT (s.calibration_due::timestamp AT TIME ZONE plant.time_zone()), 'calibration', s.equipment_id, s.name,
           'Calibration', s.status
    FROM plant.sensor AS s
    WHERE s.calibration_due IS NOT NULL AND s.status <> 'retired'
    UNION ALL
    -- at the earliest: if it runs without a stop from now on
    SELECT now() + least(greatest(x.max_operating_hours - x.operating_hours, 0), 8.76e5) * INTERVAL '1 hour',
           'operating_hours', x.id, NULL,
           format('%s of %s operating hours', round(x.operating_hours::numeric), round(x.max_operating_hours::numeric)),
           x.status
    FROM plant.equipment AS x
    WHERE x.max_operating_hours IS NOT NULL
    UNION ALL
    SELECT f.rul_at + least(greatest(f.rul_hours, 0), 8.76e5) * INTERVAL '1 hour', 'remaining_life', f.equipment_id,
           NULL,
           format('Remaining life %s h', round(f.rul_hours::numeric)), f.status
    FROM report.fleet AS f
    WHERE f.rul_hours IS NOT NULL
) AS d
JOIN plant.equipment AS e ON e.id = d.equipment_id AND e.status <> 'retired'
-- no client shows a time that is none
WHERE isfinite(d.due_at);
COMMENT ON VIEW report.maintenance_due IS
    'What is due, when and why: planned work, next maintenance of a machine, calibration of a sensor, the end of its '
    'operating hours (at the earliest), the end of its estimated remaining life. Order by due_at.';
GRANT SELECT ON report.maintenance_due TO viewer;
