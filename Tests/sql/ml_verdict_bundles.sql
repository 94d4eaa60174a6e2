-- A verdict belongs to machine, kind of bundle and power: none clears, counts for, holds or is late for another. Naming the version
-- that answers anyway silences nothing. What a missing scaler costs is a setting, and is said.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;

CREATE FUNCTION pg_temp.at(seconds float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT now() - INTERVAL '10 minutes' + make_interval(secs => seconds) $$;
CREATE FUNCTION pg_temp.say(machine text, bundle text, seconds float8, anomaly boolean, more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('time', pg_temp.at(seconds), 'equipment_id', machine, 'power', bundle, 'model_version', 'v1', 'stage', 'champion', 'source', 'mqtt',
        'case', 'A', 'modalities', '["current"]'::jsonb, 'is_anomaly', anomaly, 'confidence', 0.9,
        'scores', '{"current": 2}'::jsonb, 'thresholds', '{"current": 1}'::jsonb, 'ratio', '{"current": 2}'::jsonb) || more
$$;
CREATE FUNCTION pg_temp.record(VARIADIC said jsonb[]) RETURNS text LANGUAGE sql AS $$
    SELECT r.stored || ' stored, ' || r.outbox_rows || ' told' FROM ml.record_predictions(to_jsonb(said)) AS r
$$;
-- what stands and what stood, by power and kind of bundle
CREATE FUNCTION pg_temp.alarms(machine text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(concat_ws(' ', a.data ->> 'power', nullif(a.data ->> 'bundle_kind', 'autoencoder')) || ': ' || extract(epoch FROM a.raised_at - pg_temp.at(0))::integer
        || '-' || coalesce(extract(epoch FROM a.cleared_at - pg_temp.at(0))::integer::text, ''), ', ' ORDER BY a.raised_at, a.data ->> 'power'), 'none')
    FROM alarm.alarm AS a WHERE a.equipment_id = machine
$$;
-- what a regressor says, and an autoencoder that has no threshold
CREATE FUNCTION pg_temp.number() RETURNS jsonb LANGUAGE sql AS $$ SELECT '{"model_version": "r1", "scores": {}, "thresholds": {}, "ratio": {}, "value": 41.5}'::jsonb $$;
CREATE FUNCTION pg_temp.ungated() RETURNS jsonb LANGUAGE sql AS $$ SELECT '{"model_version": "u1", "thresholds": {"current": null}, "ratio": {}}'::jsonb $$;
INSERT INTO plant.equipment (id, name) SELECT 'b-' || i, 'b' FROM generate_series(1, 12) AS i;
SELECT ml.sync_models((SELECT jsonb_agg(jsonb_build_object('equipment_id', 'b-' || i, 'power', p, 'model_version', v, 'modalities', '["current"]'::jsonb,
    'thresholds', '{"current": 1}'::jsonb, 'case', 'A', 'bundle_path', 'x', 'sha256', 'x'))
    FROM generate_series(1, 12) AS i, unnest('{0.75kW,2.2kW}'::text[]) AS p, unnest('{v1,v2,v10}'::text[]) AS v), '[]', 'test') \g /dev/null

-- 1. power buckets
SELECT is(pg_temp.record(pg_temp.say('b-1', '2.2kW', 1, true)), '1 stored, 1 told', 'an anomaly at one power');
SELECT is((SELECT count(*) FROM alarm.signal WHERE equipment_id = 'b-1' AND assigned), 1::bigint, 'takes the signal that waited');
SELECT is(pg_temp.record(pg_temp.say('b-1', '0.75kW', 2, false)), '1 stored, 0 told', 'calm at the other');
SELECT is(pg_temp.alarms('b-1'), '2.2kW: 1-', 'clears nothing');
SELECT is(pg_temp.record(pg_temp.say('b-1', '0.75kW', 3, true)), '1 stored, 1 told', 'an anomaly there');
SELECT is(pg_temp.alarms('b-1'), '2.2kW: 1-, 0.75kW: 3-', 'is an alarm of its own');
SELECT is(pg_temp.record(pg_temp.say('b-1', '2.2kW', 4, false)), '1 stored, 1 told', 'calm again at the first');
SELECT is(pg_temp.alarms('b-1'), '2.2kW: 1-4, 0.75kW: 3-', 'clears its own');
SELECT is(pg_temp.record(pg_temp.say('b-1', '0.75kW', 5, false)), '1 stored, 1 told', 'so does the other');
SELECT is(pg_temp.alarms('b-1'), '2.2kW: 1-4, 0.75kW: 3-5', 'and nothing stands');
SELECT is((SELECT count(DISTINCT alarm.subject(a)) FROM alarm.alarm AS a WHERE a.equipment_id = 'b-1'), 2::bigint, 'deliveries about them are not folded into one');
-- 2. in one batch, whatever the order
SELECT is(pg_temp.record(pg_temp.say('b-2', '0.75kW', 2, false), pg_temp.say('b-2', '2.2kW', 1, true), pg_temp.say('b-2', '2.2kW', 4, true), pg_temp.say('b-2', '0.75kW', 3, true), pg_temp.say('b-2', '0.75kW', 5, false)),
    '5 stored, 3 told', 'both in one batch');
SELECT is(pg_temp.alarms('b-2'), '2.2kW: 1-, 0.75kW: 3-5', 'each for itself');
-- 3. counting: two in a row are two of one bundle
INSERT INTO alarm.rule (name, condition, parameters, family, select_equipment) VALUES ('twice', 'model_verdict', '{"consecutive": 2}', 'model-verdict', '{b-3}');
SELECT is(pg_temp.record(pg_temp.say('b-3', '2.2kW', 1, true), pg_temp.say('b-3', '0.75kW', 2, true)), '2 stored, 0 told', 'one anomaly each is not two');
SELECT is(pg_temp.record(pg_temp.say('b-3', '0.75kW', 3, false), pg_temp.say('b-3', '2.2kW', 4, true)), '2 stored, 1 told', 'calm of one does not break the other''s row');
SELECT is(pg_temp.alarms('b-3'), '2.2kW: 4-', 'raised at the second');
-- 4. clocks: late is late for one's own bundle
SELECT is(pg_temp.record(pg_temp.say('b-4', '0.75kW', 20, false)), '1 stored, 0 told', 'calm at 20');
SELECT is(pg_temp.record(pg_temp.say('b-4', '2.2kW', 10, true)), '1 stored, 1 told', 'an anomaly at 10 of another power is not late');
SELECT is(pg_temp.record(pg_temp.say('b-4', '0.75kW', 15, true)), '1 stored, 0 told', 'of the same it is');
SELECT is(pg_temp.record(pg_temp.say('b-4', '0.75kW', 30, true), pg_temp.say('b-4', '2.2kW', 12, false)), '2 stored, 2 told', 'nor is a clearing behind the other''s clock');
SELECT is(pg_temp.alarms('b-4'), '2.2kW: 10-12, 0.75kW: 30-', 'each by its own clock');
-- 5. kinds of bundles
SELECT is((SELECT array_agg(ml.bundle_kind(s, t, r, v) ORDER BY n) FROM (VALUES
    (1, '{"current": 2}'::jsonb, '{"current": 1}'::jsonb, '{"current": 2}'::jsonb, NULL::float8), (2, '{"current": 2}', '{"current": 1}', '{"current": 2}', 7),
    (3, '{}', '{}', '{}', 7), (4, '{"current": 2}', '{"current": null}', '{}', NULL), (5, '{"current": 2}', '{}', '{}', 7), (6, '{}', '{}', '{}', NULL), (7, NULL, NULL, NULL, NULL)) AS x (n, s, t, r, v)),
    '{autoencoder,autoencoder,regressor,ungated,ungated,autoencoder,autoencoder}', 'which kind spoke');
SELECT is(pg_temp.record(pg_temp.say('b-5', '2.2kW', 1, true)), '1 stored, 1 told', 'an autoencoder''s anomaly');
SELECT is(pg_temp.record(pg_temp.say('b-5', '2.2kW', 2, false, pg_temp.number())), '1 stored, 0 told', 'a regressor that now answers');
SELECT is(pg_temp.record(pg_temp.say('b-5', '2.2kW', 3, false, pg_temp.ungated())), '1 stored, 0 told', 'or an autoencoder without threshold');
SELECT is(pg_temp.alarms('b-5'), '2.2kW: 1-', 'says nothing about it');
SELECT is(pg_temp.record(pg_temp.say('b-5', '2.2kW', 4, false, '{"value": 41.5}')), '1 stored, 1 told', 'one that has both does');
SELECT is(pg_temp.alarms('b-5'), '2.2kW: 1-4', 'and clears it');
-- nor is an anomaly late because a regressor spoke since
SELECT is(pg_temp.record(pg_temp.say('b-6', '2.2kW', 20, false, pg_temp.number() || '{"model_version": "v2"}')), '1 stored, 0 told', 'a number of 20');
SELECT is(pg_temp.record(pg_temp.say('b-6', '2.2kW', 10, true)), '1 stored, 1 told', 'an anomaly of 10');
-- 6. holds
SELECT is(pg_temp.record(pg_temp.say('b-7', '2.2kW', 1, true), pg_temp.say('b-7', '0.75kW', 1, true)), '2 stored, 2 told', 'two alarms');
SELECT alarm.shelve((SELECT id FROM alarm.alarm WHERE equipment_id = 'b-7' AND data ->> 'power' = '2.2kW'), '1 hour', 'kim', 'known') \g /dev/null
SELECT pg_temp.record(pg_temp.say('b-7', '2.2kW', 2, false), pg_temp.say('b-7', '0.75kW', 2, false)) \g /dev/null
SELECT pg_temp.record(pg_temp.say('b-7', '2.2kW', 3, true), pg_temp.say('b-7', '0.75kW', 3, true)) \g /dev/null
SELECT is((SELECT array_agg(a.data ->> 'power') FROM alarm.alarm AS a WHERE a.equipment_id = 'b-7' AND a.active AND a.shelved IS NULL), '{0.75kW}', 'a shelving holds one of them and its successors');
-- 7. rules come and go: the signals follow, and the sweep finds nothing
UPDATE alarm.rule SET severity = 'high' WHERE name = 'model-verdict';
SELECT is((SELECT count(*) FROM alarm.signal AS g JOIN alarm.rule AS r ON r.id = g.rule_id WHERE g.equipment_id = 'b-1' AND g.assigned AND g.rule_version = r.version), 2::bigint, 'a change of the rule reaches the signals of both powers');
INSERT INTO alarm.rule (name, condition, family, select_equipment) VALUES ('own', 'model_verdict', 'model-verdict', '{b-1}');
SELECT is((SELECT count(*) FROM alarm.signal AS g JOIN alarm.rule AS r ON r.id = g.rule_id WHERE g.equipment_id = 'b-1' AND g.assigned AND r.name = 'own'), 2::bigint, 'a rule that overrides has both, too');
SELECT is((SELECT array_agg(rule || ' ' || applies ORDER BY rule) FROM alarm.rule_assignment WHERE equipment_id = 'b-1'), '{"model-verdict false","own true"}', 'one row a rule in the view');
DELETE FROM alarm.rule WHERE name = 'own';
SELECT is(alarm.sweep_assignments(), 0, 'nothing to mend');
SELECT alarm.tick() \g /dev/null
SELECT is((SELECT array_agg(g.power ORDER BY g.power) FROM alarm.signal AS g WHERE g.equipment_id = 'b-1' AND g.assigned), '{0.75kW,2.2kW}', 'and both are watched again');
SELECT is((SELECT count(*) FROM alarm.signal WHERE condition = 'model_verdict' AND bundle_kind IS NULL AND equipment_id IN ('b-1', 'b-2', 'b-5')), 0::bigint, 'no signal is left waiting where a bundle spoke');
-- 8. naming a version
CREATE FUNCTION pg_temp.stage(machine text, version text, power text DEFAULT '2.2kW') RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(coalesce(r.error_code, r.model_version || ' ' || r.stage), ', ' ORDER BY r.stage)
    FROM ml.resolve_models(jsonb_build_array(jsonb_build_object('ordinal', 1, 'equipment_id', $1, 'power', $3, 'model_version', $2))) AS r
$$;
SELECT is(pg_temp.stage('b-8', NULL), 'v10 champion', 'without a champion the newest answers');
SELECT is(pg_temp.stage('b-8', 'v10'), 'v10 champion', 'and answers the same when it is named');
SELECT is(pg_temp.stage('b-8', 'v2'), 'v2 requested', 'an older one is somebody''s question');
SELECT is(pg_temp.stage('b-8', 'v10', '2.2 kw'), 'v10 champion', 'whatever the power is called');
SELECT ml.set_alias('b-8', '2.2kW', 'champion', 'v1') \g /dev/null
SELECT is(pg_temp.stage('b-8', 'v1') || ', ' || pg_temp.stage('b-8', 'v10'), 'v1 champion, v10 requested', 'with a champion it is the champion');
SELECT is(pg_temp.stage('b-8', 'v10', '0.75kW'), 'v10 champion', 'of its power only');
UPDATE ml.serve_ml_models SET status = 'missing' WHERE equipment_id = 'b-8' AND power = '2.2kW' AND model_version IN ('v1', 'v10');
SELECT is(pg_temp.stage('b-8', 'v2') || ', ' || pg_temp.stage('b-8', NULL), 'v2 champion, v2 champion', 'the champion is away: the newest that is left answers, named or not');
SELECT ml.set_alias('b-9', '2.2kW', 'challenger', 'v1') \g /dev/null
SELECT is(pg_temp.stage('b-9', 'v1'), 'v1 requested', 'a challenger that is named is no champion');
-- 9. the live path, backtests and shadows say the same
CREATE TEMP TABLE said AS
SELECT b.power, b.kind, s AS seconds, b.kind = 'autoencoder' AND random() < 0.5 AS anomaly
FROM (VALUES ('2.2kW', 'autoencoder'), ('0.75kW', 'autoencoder'), ('2.2kW', 'regressor')) AS b (power, kind), generate_series(1, 120) AS s WHERE random() < 0.8;
UPDATE alarm.rule SET parameters = '{"consecutive": 2}', chatter_count = NULL WHERE name = 'model-verdict';
SELECT ml.record_predictions(jsonb_agg(pg_temp.say('b-10', s.power, s.seconds, s.anomaly, CASE s.kind WHEN 'regressor' THEN pg_temp.number() ELSE '{}' END) ORDER BY random())) FROM said AS s GROUP BY s.seconds / 9 ORDER BY s.seconds / 9 \g /dev/null
SELECT cmp_ok((SELECT count(*) FROM alarm.alarm WHERE equipment_id = 'b-10'), '>', 3::bigint, 'a restless machine');
SELECT results_eq(
    $$SELECT a.data ->> 'power', a.raised_at, a.cleared_at FROM alarm.alarm AS a WHERE a.equipment_id = 'b-10' ORDER BY 1, 2$$,
    $$SELECT s.power, v.raised_at, v.cleared_at FROM (
        SELECT s.power, array_agg(pg_temp.at(s.seconds) ORDER BY s.seconds) AS time, array_agg(s.anomaly ORDER BY s.seconds) AS anomaly FROM said AS s WHERE s.kind = 'autoencoder' GROUP BY s.power) AS s
      CROSS JOIN LATERAL alarm.verdict_alarms('b-10', s.time, s.anomaly, array_fill(NULL::text, ARRAY[cardinality(s.time)]), pg_temp.at(1000)) AS v ORDER BY 1, 2$$,
    'live: as if each bundle were alone');
SELECT results_eq(
    $$SELECT a.data ->> 'power', a.data ->> 'bundle_kind', a.raised_at, a.cleared_at FROM alarm.alarm AS a WHERE a.equipment_id = 'b-10' ORDER BY 1, 3$$,
    $$SELECT b.transitions #>> '{0,power}', b.transitions #>> '{0,bundle_kind}', b.raised_at, b.cleared_at FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = 'model-verdict'), pg_temp.at(-1), pg_temp.at(1000)) AS b
      WHERE b.equipment_id = 'b-10' ORDER BY 1, 3$$, 'a backtest says the same, and for which bundle');
UPDATE alarm.rule SET parameters = '{}' WHERE name = 'model-verdict';
-- an alarm ends with the last bundle that could end it, and not before; a bundle that comes back is heard again
SELECT is(pg_temp.record(pg_temp.say('b-9', '2.2kW', 1, true), pg_temp.say('b-9', '0.75kW', 1, true)), '2 stored, 2 told', 'two alarms');
SELECT ml.retire_model('b-9', '0.75kW', v) FROM unnest('{v1,v2}'::text[]) AS v \g /dev/null
SELECT alarm.tick() \g /dev/null
SELECT is((SELECT string_agg(a.data ->> 'power', ' ') FROM alarm.alarm AS a WHERE a.equipment_id = 'b-9' AND a.active AND a.data ->> 'power' = '0.75kW'), '0.75kW', 'a bundle of that power is left');
SELECT ml.retire_model('b-9', '0.75kW', 'v10') \g /dev/null
SELECT alarm.tick() \g /dev/null
SELECT is((SELECT array_agg(a.data ->> 'power') FROM alarm.alarm AS a WHERE a.equipment_id = 'b-9' AND a.active), '{2.2kW}', 'none is left: its alarm ends, the other stands');
SELECT is(alarm.sweep_assignments(), 0, 'nothing to mend');
SELECT ml.retire_model('b-9', '0.75kW', 'v10', false) \g /dev/null
SELECT is(pg_temp.record(pg_temp.say('b-9', '0.75kW', 60, true)), '1 stored, 1 told', 'back again');
SELECT is((SELECT array_agg(a.data ->> 'power' ORDER BY 1) FROM alarm.alarm AS a WHERE a.equipment_id = 'b-9' AND a.active), '{0.75kW,2.2kW}', 'with an alarm of its own');
-- 10. what the explanation says
SELECT is((SELECT e.basis -> 'power' || (e.basis -> 'bundle_kind') || (e.basis -> 'model_version') || (e.basis -> 'confidence') FROM alarm.explain((SELECT id FROM alarm.alarm WHERE equipment_id = 'b-5')) AS e),
    '["2.2kW", "autoencoder", "v1", 0.9]', 'the explanation names the bundle');
SELECT ok((SELECT bool_and(t ->> 'power' = '2.2kW' AND t ->> 'bundle_kind' = 'autoencoder') FROM alarm.explain((SELECT id FROM alarm.alarm WHERE equipment_id = 'b-5')) AS e, jsonb_array_elements(e.transitions) AS t), 'so does each step of its story');
-- estimates of remaining life: the same
INSERT INTO alarm.rule (name, condition, low, select_equipment) VALUES ('worn', 'rul_below', 20, '{b-5}');
SELECT is(alarm.rul_estimate('b-5', pg_temp.at(1), 500, '{"power": "2.2kW", "bundle_kind": "regressor"}'), 0, 'long to live');
SELECT is(alarm.rul_estimate('b-5', pg_temp.at(2), 10, '{"power": "2.2kW", "bundle_kind": "regressor"}'), 1, 'not any more');
SELECT is(alarm.rul_estimate('b-5', pg_temp.at(3), 500, p::jsonb), 0, 'another bundle is surer: ' || p) FROM unnest(ARRAY['{"power": "0.75kW", "bundle_kind": "regressor"}', '{"power": "2.2kW", "bundle_kind": "curve"}', '{"power": "2.2kW"}', '{}']) AS p;
SELECT is((SELECT count(*) FROM alarm.alarm WHERE equipment_id = 'b-5' AND code = 'worn' AND active), 1::bigint, 'and clears nothing');
SELECT is(alarm.rul_estimate('b-5', pg_temp.at(4), 10, '{}'), 1, 'one that nobody is named for is one more');
SELECT is(alarm.rul_estimate('b-5', pg_temp.at(5), 500, '{"power": "2.2kW", "bundle_kind": "regressor"}'), 1, 'its own clears');
SELECT is(alarm.sweep_assignments(), 0, 'nothing to mend');
SELECT is((SELECT array_agg(coalesce(a.data ->> 'power', '-') || a.active ORDER BY a.id) FROM alarm.alarm AS a WHERE a.equipment_id = 'b-5' AND a.code = 'worn'), '{2.2kWfalse,-true}', 'each for itself');
-- 11. severity of a bundle without scaler
CREATE FUNCTION pg_temp.unscaled(machine text, seconds float8, confidence float8 DEFAULT 0.9) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.record(pg_temp.say(machine, '2.2kW', seconds, true, jsonb_build_object('confidence', confidence, 'warnings', '["unscaled:current"]'::jsonb)));
    RETURN (SELECT a.severity || coalesce(' instead of ' || (a.data #>> '{severity_cap,without}'), '') || ' ' || (a.data ->> 'warnings') FROM alarm.alarm AS a WHERE a.equipment_id = machine AND a.active);
END $$;
SELECT is(pg_temp.unscaled('b-11', 1), 'low instead of critical ["unscaled:current"]', 'low at most, the warning stays, and it says what it would have been');
SELECT is((SELECT e.basis #>> '{severity_cap,setting}' FROM alarm.explain((SELECT id FROM alarm.alarm WHERE equipment_id = 'b-11')) AS e), 'ml.unscaled_severity', 'the explanation names the setting');
SELECT is(pg_temp.unscaled('b-11', 2, 0.3), 'low instead of critical ["unscaled:current"]', 'unchanged by one that is low anyway: told once');
SELECT ops.set_setting('ml.unscaled_severity', '"high"') \g /dev/null
SELECT is(pg_temp.unscaled('b-11', 3), 'high instead of critical ["unscaled:current"]', 'the cap is a setting');
SELECT is(pg_temp.unscaled('b-12', 1, 0.5), 'medium ["unscaled:current"]', 'a cap raises nothing');
SELECT ops.set_setting('ml.unscaled_severity', 'null') \g /dev/null
SELECT is(pg_temp.unscaled('b-12', 2), 'critical ["unscaled:current"]', 'null: no cap');
SELECT throws_ok($$SELECT ops.set_setting('ml.unscaled_severity', '"lowest"')$$, 'MW422', NULL, 'no such severity');
UPDATE alarm.severity SET name = 'hint' WHERE name = 'low';
UPDATE ops.setting SET choices = NULL WHERE name = 'ml.unscaled_severity';
SELECT ops.set_setting('ml.unscaled_severity', '"low"') \g /dev/null
SELECT is(pg_temp.unscaled('b-12', 3), 'hint instead of critical ["unscaled:current"]', 'a severity that was renamed: the least one');

SELECT * FROM finish();
ROLLBACK;
