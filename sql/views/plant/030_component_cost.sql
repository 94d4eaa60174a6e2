CREATE OR REPLACE VIEW plant.component_cost AS
SELECT e.id AS equipment_id, c.id AS component_id, k.failure, k.preventive, k.downtime_per_hour,
       ops.setting_text('plant.currency') AS currency, k.id AS cost_id
FROM plant.equipment AS e
-- and the machine as a whole
JOIN (SELECT id, equipment_id, type FROM plant.component
      UNION ALL
      SELECT NULL, id, NULL FROM plant.equipment) AS c (id, equipment_id, type) ON c.equipment_id = e.id
CROSS JOIN LATERAL (
    SELECT x.* FROM plant.cost AS x
    WHERE (x.equipment_id = e.id OR x.equipment_id IS NULL) AND (x.equipment_type = e.type OR x.equipment_type IS NULL)
      AND (x.component_type = c.type OR x.component_type IS NULL)
    ORDER BY x.equipment_id IS NULL, x.equipment_type IS NULL, x.component_type IS NULL
    LIMIT 1
) AS k;
COMMENT ON VIEW plant.component_cost IS
    'Costs that hold for each component, and for each machine as a whole (component_id NULL): the machine''s before '
    'its type''s before those of all, and of these the component type''s first. No row: no costs are known.';
COMMENT ON COLUMN plant.component_cost.cost_id IS 'Row of plant.cost that they are from.';
