-- From a model's verdict to an alarm: consecutive anomalies, rules of a family, texts, verdicts out of order, shadows.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;

CREATE FUNCTION pg_temp.at(seconds float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT now() - INTERVAL '10 minutes' + make_interval(secs => seconds) $$;
CREATE FUNCTION pg_temp.say(machine text, seconds float8, anomaly boolean, confidence float8 DEFAULT 0.9, more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('time', pg_temp.at(seconds), 'equipment_id', machine, 'power', '2.2kW', 'model_version', 'v1', 'stage', 'champion', 'source', 'mqtt',
        'case', 'A', 'modalities', '["current", "vibration"]'::jsonb, 'is_anomaly', anomaly, 'confidence', confidence,
        'scores', '{"current": 2, "vibration": 3}'::jsonb, 'thresholds', '{"current": 1, "vibration": 1}'::jsonb, 'ratio', '{"current": 2, "vibration": 3}'::jsonb) || more
$$;
CREATE FUNCTION pg_temp.record(VARIADIC said jsonb[]) RETURNS text LANGUAGE sql AS $$
    SELECT r.stored || ' stored, ' || r.outbox_rows || ' told' FROM ml.record_predictions(to_jsonb(said)) AS r
$$;
CREATE FUNCTION pg_temp.alarms(machine text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(a.code || ' ' || a.severity || ' ' || extract(epoch FROM a.raised_at - pg_temp.at(0))::integer
        || coalesce('-' || extract(epoch FROM a.cleared_at - pg_temp.at(0))::integer, ''), ', ' ORDER BY a.raised_at, a.code), 'none')
    FROM alarm.alarm AS a WHERE a.equipment_id = machine
$$;
SELECT ml.sync_models((SELECT jsonb_agg(jsonb_build_object('equipment_id', m, 'power', '2.2kW', 'model_version', v, 'modalities', '["current", "vibration"]'::jsonb,
    'thresholds', '{"current": 1, "vibration": 1}'::jsonb, 'case', 'A', 'bundle_path', 'x', 'sha256', 'x'))
    FROM unnest('{m-1,m-2,m-3,m-4,m-5,m-6,m-7}'::text[]) AS m, unnest('{v1,v2}'::text[]) AS v), '[]', 'test') \g /dev/null

-- a machine that speaks through its model only is registered by its first anomaly
SELECT is(pg_temp.record(pg_temp.say('m-1', 0, false)), '1 stored, 0 told', 'a calm verdict');
SELECT is((SELECT count(*) FROM plant.equipment WHERE id = 'm-1'), 0::bigint, 'registers no machine');
SELECT is(pg_temp.record(pg_temp.say('m-1', 1, true)), '1 stored, 1 told', 'an anomaly of a machine that nobody knows');
SELECT is(pg_temp.alarms('m-1'), 'model-verdict critical 1', 'is an alarm all the same');
SELECT is((SELECT status FROM plant.equipment WHERE id = 'm-1'), 'discovered', 'and the machine is registered');
SELECT is((SELECT alarm.message(a) ->> 'ko' FROM alarm.alarm AS a WHERE equipment_id = 'm-1'), '장비 m-1 이상 탐지. 모델=v1, 신뢰도=0.90, 유형=진동', 'the text that existing users know, without an English word');
SELECT is((SELECT alarm.message(a) ->> 'en' FROM alarm.alarm AS a WHERE equipment_id = 'm-1'), 'Equipment m-1: anomaly detected. Model=v1, confidence=0.90, modality=vibration', 'and in English');
SELECT is(pg_temp.record(pg_temp.say('m-1', 1, true)), '0 stored, 0 told', 'a redelivery changes nothing');
SELECT is(pg_temp.record(pg_temp.say('m-1', 2, true, 0.5), pg_temp.say('m-1', 3, true, 0.5)), '2 stored, 1 told', 'the alarm follows the verdict''s severity, told once');
SELECT is(pg_temp.record(pg_temp.say('m-1', 4, false)), '1 stored, 1 told', 'calm again');
SELECT is(pg_temp.alarms('m-1'), 'model-verdict medium 1-4', 'clears it');
SELECT is((SELECT array_agg(t.kind || ' ' || t.severity ORDER BY t.id) FROM alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id WHERE a.equipment_id = 'm-1'),
    '{raised critical,severity_changed medium,cleared medium}', 'its story');

-- the severity table
INSERT INTO plant.equipment (id, name) SELECT 'm-' || i, 'm' FROM generate_series(2, 7) AS i;
SELECT is((SELECT count(*) FROM alarm.signal WHERE condition = 'model_verdict' AND assigned AND equipment_id ~ '^m-'), 7::bigint, 'a machine has the rule before it has a sensor');
SELECT pg_temp.record(pg_temp.say('m-2', 0, true, c, jsonb_build_object('model_version', 'c' || c, 'stage', 'requested'))) FROM unnest('{0,0.4,0.41,0.6,0.61,0.8,0.81,1}'::float8[]) AS c \g /dev/null
SELECT is((SELECT array_agg(severity ORDER BY confidence) FROM ml.serve_ml_predictions WHERE equipment_id = 'm-2'), '{low,low,medium,medium,high,high,critical,critical}', 'severity from confidence');
SELECT is(pg_temp.alarms('m-2'), 'none', 'a version that a client asked for by name raises nothing');
UPDATE alarm.severity SET minimum_confidence = 0.95 WHERE name = 'critical';
SELECT is(pg_temp.record(pg_temp.say('m-2', 10, true, 0.9)), '1 stored, 1 told', 'the table is a table');
SELECT is(pg_temp.alarms('m-2'), 'model-verdict high 10', 'that a plant may change');
UPDATE alarm.severity SET minimum_confidence = 0.8 WHERE name = 'critical';
SELECT is(pg_temp.record(pg_temp.say('m-3', 0, true, 1, '{"warnings": ["unscaled:current"]}')), '1 stored, 1 told', 'without a scaler');
SELECT is(pg_temp.alarms('m-3'), 'model-verdict low 0', 'never above low');

-- a shadow raises nothing
SELECT is(pg_temp.record(pg_temp.say('m-4', 0, false), pg_temp.say('m-4', 0, true, 1, '{"stage": "challenger", "model_version": "v2"}'),
    pg_temp.say('m-4', 1, true, 1, '{"stage": "challenger", "model_version": "v2"}')), '3 stored, 0 told', 'a challenger sees anomalies');
SELECT is(pg_temp.alarms('m-4'), 'none', 'and nobody is told');
SELECT is((SELECT count(*) FROM anomaly_events WHERE device_id = 'm-4'), 0::bigint, 'nor is it an event');
SELECT is((SELECT count(*) FROM ml.serve_ml_predictions WHERE equipment_id = 'm-4' AND is_anomaly), 2::bigint, 'but it is stored');

-- out of order
SELECT is(pg_temp.record(pg_temp.say('m-5', 20, false)), '1 stored, 0 told', 'calm at 20');
SELECT is(pg_temp.record(pg_temp.say('m-5', 10, true)), '1 stored, 0 told', 'an anomaly of 10 that comes now');
SELECT is(pg_temp.alarms('m-5'), 'none', 'raises nothing: the machine is known to be calm since');
SELECT is(pg_temp.record(pg_temp.say('m-5', 30, true)), '1 stored, 1 told', 'one of 30 does');
SELECT is(pg_temp.record(pg_temp.say('m-5', 25, false)), '1 stored, 0 told', 'calm at 25, late');
SELECT is(pg_temp.alarms('m-5'), 'model-verdict critical 30', 'clears nothing');
SELECT is(pg_temp.record(pg_temp.say('m-5', 29, true, 0.1)), '1 stored, 0 told', 'a weak anomaly of 29, late');
SELECT is(pg_temp.alarms('m-5'), 'model-verdict critical 30', 'changes no severity');
SELECT is(pg_temp.record(pg_temp.say('m-5', 42, false), pg_temp.say('m-5', 41, true)), '2 stored, 1 told', 'within a batch the order is that of the times');
SELECT is(pg_temp.alarms('m-5'), 'model-verdict critical 30-42', 'so it ends calm');
SELECT is(pg_temp.record(pg_temp.say('m-5', -7200, true)), '1 stored, 0 told', 'history');
SELECT is(pg_temp.alarms('m-5'), 'model-verdict critical 30-42', 'raises nothing');

-- a rule for some machines overrides the one for all: they are of one family
INSERT INTO alarm.rule (name, condition, parameters, severity, family, select_equipment, message)
VALUES ('m-6 verdict', 'model_verdict', '{"consecutive": 3}', 'medium', 'model-verdict', '{m-6}',
        '{"ko": "{equipment}: {fault} ({confidence}, {modality}, {model_version}, {power})", "en": "{equipment}: {fault} {severity}"}');
SELECT is((SELECT string_agg(r.name, ', ') FROM alarm.signal AS g JOIN alarm.rule AS r ON r.id = g.rule_id WHERE g.equipment_id = 'm-6' AND g.assigned), 'm-6 verdict', 'one rule watches m-6');
SELECT is((SELECT string_agg(r.name, ', ') FROM alarm.signal AS g JOIN alarm.rule AS r ON r.id = g.rule_id WHERE g.equipment_id = 'm-7' AND g.assigned), 'model-verdict', 'the general one all others');
SELECT is(pg_temp.record(pg_temp.say('m-6', 0, true), pg_temp.say('m-6', 1, true), pg_temp.say('m-6', 2, false), pg_temp.say('m-6', 3, true), pg_temp.say('m-6', 4, true)),
    '5 stored, 0 told', 'two in a row are not three');
SELECT is(pg_temp.record(pg_temp.say('m-6', 5, true, 0.7, '{"fault": {"label": "bearing", "probability": 0.8, "probabilities": {"bearing": 0.8}}}')), '1 stored, 1 told', 'the third is, from another batch');
SELECT is(pg_temp.alarms('m-6'), 'm-6 verdict high 5', 'raised by the override, with the verdict''s severity');
SELECT is((SELECT alarm.message(a) FROM alarm.alarm AS a WHERE equipment_id = 'm-6'), '{"ko": "m-6: 베어링 결함 (0.70, 진동, v1, 2.2kW)", "en": "m-6: bearing high"}', 'in its own words');
SELECT is((SELECT fault_label || ' ' || fault_probability FROM ml.serve_ml_predictions WHERE equipment_id = 'm-6' AND time = pg_temp.at(5)), 'bearing 0.8', 'the fault is stored');
DELETE FROM alarm.rule WHERE name = 'm-6 verdict';
SELECT is((SELECT string_agg(r.name, ', ') FROM alarm.signal AS g JOIN alarm.rule AS r ON r.id = g.rule_id WHERE g.equipment_id = 'm-6' AND g.assigned), 'model-verdict', 'without it the general one is back');

-- live and backtest count alike, in whatever batches the verdicts came
UPDATE alarm.rule SET parameters = '{"consecutive": 2}' WHERE name = 'model-verdict';
CREATE TEMPORARY TABLE verdict AS
SELECT i AS seconds, (i * 7919) % 10 < 6 AS anomaly FROM generate_series(1, 200) AS i;
SELECT ml.record_predictions(jsonb_agg(pg_temp.say('m-7', seconds, anomaly))) FROM verdict GROUP BY seconds / 7 ORDER BY seconds / 7 \g /dev/null
SELECT cmp_ok((SELECT count(*) FROM alarm.alarm WHERE equipment_id = 'm-7'), '>', 2::bigint, 'a restless model, damped as a chattering one');
SELECT results_eq(
    $$SELECT b.raised_at, b.cleared_at FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = 'model-verdict'), pg_temp.at(-1), pg_temp.at(1000)) AS b WHERE b.equipment_id = 'm-7' ORDER BY 1$$,
    $$SELECT a.raised_at, a.cleared_at FROM alarm.alarm AS a WHERE a.equipment_id = 'm-7' ORDER BY 1$$, 'raises what a backtest says that it raises');
SELECT results_eq(
    $$SELECT v.raised_at, v.cleared_at FROM alarm.verdict_alarms('m-7', (SELECT array_agg(pg_temp.at(seconds) ORDER BY seconds) FROM verdict),
        (SELECT array_agg(anomaly ORDER BY seconds) FROM verdict), (SELECT array_agg(CASE WHEN anomaly THEN 'critical' END ORDER BY seconds) FROM verdict), pg_temp.at(1000)) AS v$$,
    $$SELECT a.raised_at, a.cleared_at FROM alarm.alarm AS a WHERE a.equipment_id = 'm-7' ORDER BY 1$$, 'and what the shadow comparison counts');
SELECT is(alarm.consecutive('{t,t,f,f,t,t,t,f,t}'), '{1,2,0,0,1,2,3,0,1}', 'anomalies in a row');
SELECT is(alarm.consecutive('{}'), NULL, 'of nothing nothing');

SELECT * FROM finish();
ROLLBACK;
