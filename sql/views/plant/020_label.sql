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
                      WHERE l.component_id = w.component_id AND l.end_reason = 'failed' AND l.removed_at = w.done_at)
UNION ALL
-- Of an alarm the last word counts; of one that is gone (alarm.purge) its beginning is left. What nobody needs to know
-- of is no fault.
SELECT f.equipment_id, coalesce(a.raised_at, f.raised_at),
       CASE WHEN a.id IS NULL THEN f.raised_at ELSE a.cleared_at END,
       CASE f.verdict WHEN 'right' THEN 'fault' ELSE 'normal' END, concat('feedback: ', f.verdict), NULL, f.reason
FROM (SELECT DISTINCT ON (x.alarm_id) x.* FROM alarm.feedback AS x
      WHERE x.equipment_id IS NOT NULL ORDER BY x.alarm_id, x.given_at DESC, x.person) AS f
LEFT JOIN alarm.alarm AS a ON a.id = f.alarm_id AND a.retracted_at IS NULL;
COMMENT ON VIEW plant.label IS
    'What is known of a machine from outside of its signals: one source of labels. Of alarm.known_fault, '
    'plant.failure, lives that ended by failure, what work orders found, and what people say of alarms '
    '(alarm.feedback).';
COMMENT ON COLUMN plant.label.starts_at IS 'From.';
COMMENT ON COLUMN plant.label.ends_at IS
    'To (exclusive). The same as starts_at: a moment, how long it lasted is not known. NULL: it lasts.';
COMMENT ON COLUMN plant.label.kind IS
    'fault: known to have been faulty. failure: it failed. wear: it would have before long. normal: somebody looked '
    'and found nothing.';
COMMENT ON COLUMN plant.label.source IS 'Table that it is from, and where that has it from.';

CREATE OR REPLACE VIEW plant.fault_span AS
SELECT l.equipment_id,
       l.starts_at - CASE WHEN l.kind = 'fault' THEN INTERVAL '0' ELSE ops.setting_interval('plant.fault_lead') END
           AS starts_at,
       CASE WHEN l.ends_at > l.starts_at THEN l.ends_at
            WHEN l.ends_at IS NULL THEN 'infinity'
            -- a moment lies within its span
            ELSE l.starts_at + INTERVAL '1 microsecond' END AS ends_at,
       l.kind, l.source, l.detail
FROM plant.label AS l
WHERE l.kind IN ('fault', 'failure', 'wear');
COMMENT ON VIEW plant.fault_span IS
    'When something was wrong with machines, of plant.label: what alarms, backtests and models are held against. A '
    'failure or wear was coming for a time before (setting plant.fault_lead), whether or not anybody saw it.';
COMMENT ON COLUMN plant.fault_span.ends_at IS 'Exclusive; infinity: it lasts.';
