CREATE VIEW report.event AS
SELECT a.raised_at AS time, coalesce(a.cleared_at, now()) AS time_end, 'alarm' AS kind, a.id, a.equipment_id, a.sensor_id,
       a.worst_severity AS severity,
       concat_ws(' ', a.code, a.level, s.name, round(a.peak_value::numeric, 3)::float8, s.unit) AS text,
       concat_ws(',', 'alarm', a.worst_severity, a.equipment_id) AS tags
FROM alarm.alarm AS a
LEFT JOIN plant.sensor AS s ON s.id = a.sensor_id
WHERE a.retracted_at IS NULL
UNION ALL
SELECT m.starts_at, coalesce(nullif(m.ends_at, 'infinity'), CASE WHEN m.status IN ('planned', 'in_progress') THEN greatest(m.starts_at, now()) ELSE greatest(m.starts_at, m.updated_at) END),
       'maintenance', m.id, m.equipment_id, NULL, NULL,
       concat_ws(', ', m.title, m.status, m.assignee), concat_ws(',', 'maintenance', m.kind, m.equipment_id)
FROM plant.maintenance AS m
WHERE m.status <> 'cancelled' AND isfinite(m.starts_at)
UNION ALL
SELECT h.set_at, h.set_at, 'model', h.id, h.equipment_id, NULL, NULL,
       format('%s of %s: %s, before %s%s', h.alias, h.power, coalesce(h.model_version, 'none'), coalesce(h.previous_version, 'none'),
              ' (' || nullif(h.reason, '') || ')'),
       concat_ws(',', 'model', h.alias, h.equipment_id)
FROM ml.model_alias_history AS h;
COMMENT ON VIEW report.event IS
    'What happened to a machine, for annotations and logs: its alarms, maintenance and changes of models, from time to time_end (what still lasts: to now). Filter by kind, time and equipment_id.';
GRANT SELECT ON report.event TO viewer;
