CREATE OR REPLACE VIEW plant.label AS
SELECT k.equipment_id, k.starts_at, k.ends_at, 'fault' AS kind, concat_ws(': ', 'known_fault', k.source) AS source,
       NULL::bigint AS component_id, k.label AS detail
FROM alarm.known_fault AS k
UNION ALL
SELECT f.equipment_id, least(f.failed_at, f.down_from),
       CASE WHEN f.down_from IS NULL THEN f.failed_at ELSE f.down_to END,
       'failure', concat_ws(': ', 'failure', f.source), f.component_id, f.cause
FROM plant.failure AS f
UNION ALL
-- a life that ended by a failure that nobody entered
SELECT c.equipment_id, l.removed_at, l.removed_at, 'failure', concat_ws(': ', 'component_life', l.source),
       l.component_id, l.note
FROM plant.component_life AS l
JOIN plant.component AS c ON c.id = l.component_id
WHERE l.end_reason = 'failed'
  AND NOT EXISTS (SELECT FROM plant.failure AS f
                  WHERE f.equipment_id = c.equipment_id AND f.failed_at > l.installed_at AND f.failed_at <= l.removed_at
                    -- one of the machine as a whole is it if the part came out for it
                    AND (f.component_id = l.component_id OR f.component_id IS NULL
                         AND (f.failed_at = l.removed_at OR f.down_from IS NOT NULL
                              AND (f.down_to < l.removed_at) IS NOT TRUE)))
UNION ALL
-- what it mends is a failure above
SELECT w.equipment_id, w.done_at, w.done_at,
       CASE w.finding WHEN 'failed' THEN 'failure' WHEN 'worn' THEN 'wear' ELSE 'normal' END,
       'work_order', w.component_id, w.found
FROM plant.work_order AS w
WHERE w.finding IN ('worn', 'nothing')
   OR w.finding = 'failed' AND w.failure_id IS NULL
      AND NOT EXISTS (SELECT FROM plant.component_life AS l
                      WHERE l.component_id = w.component_id AND l.end_reason = 'failed' AND l.removed_at = w.done_at);
COMMENT ON VIEW plant.label IS
    'What is known of a machine from outside of its signals: one source of labels. Of alarm.known_fault, '
    'plant.failure, lives that ended by failure, and what work orders found.';
COMMENT ON COLUMN plant.label.starts_at IS 'From.';
COMMENT ON COLUMN plant.label.ends_at IS
    'To (exclusive). The same as starts_at: a moment, how long it lasted is not known. NULL: it lasts.';
COMMENT ON COLUMN plant.label.kind IS
    'fault: known to have been faulty. failure: it failed. wear: it would have before long. normal: somebody looked '
    'and found nothing.';
COMMENT ON COLUMN plant.label.source IS 'Table that it is from, and where that has it from.';
