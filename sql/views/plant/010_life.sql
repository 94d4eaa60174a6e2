CREATE OR REPLACE VIEW plant.life AS
SELECT l.id AS life_id, l.component_id, c.equipment_id, e.type AS equipment_type, c.name AS component,
       c.type AS component_type, l.installed_at, l.removed_at, l.end_reason, l.age_hours,
       -- an end that is not yet is no negative life
       greatest(extract(epoch FROM coalesce(l.removed_at, now()) - l.installed_at)::float8 / 3600, 0) AS hours,
       l.end_reason IS DISTINCT FROM 'failed' AS is_censored, l.source
FROM plant.component_life AS l
JOIN plant.component AS c ON c.id = l.component_id
JOIN plant.equipment AS e ON e.id = c.equipment_id;
COMMENT ON VIEW plant.life IS
    'Each life of a component with its machine, as an analysis of survival takes it: hours of the calendar since it '
    'was installed, and whether the life is censored (it did not end by failure, or not yet).';
