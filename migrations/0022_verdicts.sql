-- A model verdict belongs to a machine, a kind of bundle and a power: each has a signal, and with it a state and an alarm, of its own.
ALTER TABLE alarm.signal ADD COLUMN bundle_kind text, ADD COLUMN power text;
ALTER TABLE alarm.signal DROP CONSTRAINT signal_rule_id_equipment_id_sensor_id_key;
ALTER TABLE alarm.signal ADD CONSTRAINT signal_key UNIQUE NULLS NOT DISTINCT (rule_id, equipment_id, sensor_id, bundle_kind, power);
COMMENT ON COLUMN alarm.signal.bundle_kind IS
    'Model verdicts and estimates of remaining life: which kind of bundle speaks (ml.bundle_kind). Each kind and power of a machine has a signal of its own from the first thing that it finds (alarm.bundle_signals), so that none clears another''s alarm. NULL with power NULL: none has found anything yet.';
COMMENT ON COLUMN alarm.signal.power IS 'Of which power the bundle is that speaks. See bundle_kind.';
CREATE INDEX signal_bundle_idx ON alarm.signal (equipment_id) WHERE sensor_id IS NULL;
COMMENT ON COLUMN ml.serve_ml_models.unscaled IS 'Modalities whose scaler is missing: their predictions are never above the severity of setting ml.unscaled_severity.';

-- What stands, counts or is held goes on under the bundle that its alarm names, else under the one that spoke last.
UPDATE alarm.signal AS g
SET bundle_kind = 'autoencoder', power = k.power
FROM (
    SELECT s.id, coalesce(
        (SELECT a.data ->> 'power' FROM alarm.alarm AS a
         WHERE a.signal_id = s.id AND a.data ? 'power' ORDER BY a.cleared_at DESC NULLS FIRST, a.id DESC LIMIT 1),
        (SELECT l.power
         FROM ml.serve_ml_models AS m
         CROSS JOIN LATERAL (
             SELECT p.time, p.power FROM ml.serve_ml_predictions AS p
             WHERE p.equipment_id = m.equipment_id AND p.power = m.power AND p.model_version = m.model_version AND p.stage = 'champion'
             ORDER BY p.time DESC LIMIT 1) AS l
         WHERE m.equipment_id = s.equipment_id ORDER BY l.time DESC LIMIT 1)) AS power
    FROM alarm.signal AS s
    WHERE s.condition = 'model_verdict'
      AND (EXISTS (SELECT FROM alarm.state AS t WHERE t.signal_id = s.id)
           OR EXISTS (SELECT FROM alarm.hold AS h WHERE h.signal_id = s.id AND h.ended_at IS NULL)
           OR EXISTS (SELECT FROM alarm.alarm AS a WHERE a.signal_id = s.id AND a.cleared_at IS NULL))
) AS k
WHERE g.id = k.id AND k.power IS NOT NULL;
UPDATE alarm.alarm AS a SET data = a.data || '{"bundle_kind": "autoencoder"}'
WHERE a.condition = 'model_verdict' AND a.cleared_at IS NULL AND a.data ? 'power';
