-- What is misspelt is named: members of a rule, samples and expectations of a test, names that a selection does not find.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SET client_min_messages = warning;
INSERT INTO plant.equipment (id, name, type, location, tags) VALUES ('note-1', 'n', 'pump', 'hall A', '{critical}'), ('note-2', 'n', 'fan', 'hall B', '{}'), ('note-3', 'n', 'press', NULL, '{}');
UPDATE plant.equipment SET status = 'retired' WHERE id = 'note-3';
INSERT INTO plant.sensor (equipment_id, name, type, location) VALUES ('note-1', 'temp', 'temperature', 'roof'), ('note-2', 'cur', 'current', NULL), ('note-3', 'temp', 'temperature', NULL);

-- 1. try_rule
CREATE FUNCTION pg_temp.tried(rule text, samples text DEFAULT '[[0, 1]]', until float8 DEFAULT NULL, sensor integer DEFAULT NULL, shape jsonb DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_member text;
BEGIN
    RETURN alarm.try_rule(rule::jsonb, samples::jsonb, until, sensor, shape);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_member = COLUMN_NAME;
    RETURN concat_ws(' ', SQLSTATE, v_member || ':', SQLERRM);
END $$;
CREATE FUNCTION pg_temp.above(more text) RETURNS text LANGUAGE sql AS $$ SELECT '{"condition": "above", "high": 80' || coalesce(', ' || more, '') || '}' $$;
SELECT is(pg_temp.tried(pg_temp.above(more)), wanted, coalesce(more, 'nothing more')) FROM (VALUES
    (NULL, '[]'), ('"on_dealy": 5', 'MW422 on_dealy: a rule has no member "on_dealy"'), ('"hihg_high": 95', 'MW422 hihg_high: a rule has no member "hihg_high"'), ('"": 1', 'MW422 : a rule has no member ""'),
    ('"on_delay": "soon"', 'MW422 on_delay: on_delay is not a valid interval'), ('"high": "80x"', 'MW422 high: high is not a valid double precision'), ('"deadband": null', 'MW422 deadband: deadband must not be null'),
    ('"parameters": {"step": 1}', 'MW422 parameters: condition above has no parameter "step"'), ('"on_delay": 5, "id": 7, "version": 3, "updated_by": "kim"', '[]')) AS x (more, wanted);
SELECT is(pg_temp.tried(rule), wanted, rule) FROM (VALUES
    ('{"high": 80}', 'MW422 condition: a rule needs a condition'), ('{"condition": "abvoe", "high": 80}', 'MW422 condition: there is no condition "abvoe"'), ('[]', 'MW422 rule: a rule is a JSON object'),
    ('null', 'MW422 rule: a rule is a JSON object'), ('7', 'MW422 rule: a rule is a JSON object'), (NULL, 'MW422 rule: a rule is a JSON object')) AS x (rule, wanted);
SELECT is(pg_temp.tried(pg_temp.above(NULL), samples), wanted, left(coalesce(samples, 'NULL'), 60)) FROM (VALUES
    ('[]', '[]'), ('[[1, 90], [0, 1]]', '[["raised", 1, "high"]]'), ('[[0, 1], [1]]', 'MW422 samples: samples[1] must be a pair [seconds, value]: [1]'), ('[[0, 1, 2]]', 'MW422 samples: samples[0] must be a pair [seconds, value]: [0, 1, 2]'),
    ('[[0, 1], {"time": 1, "value": 2}]', 'MW422 samples: samples[1] must be a pair [seconds, value]: {"time": 1, "value": 2}'), ('[[0, 1], [1, 2], ["2", 3]]', 'MW422 samples: samples[2] has no number of seconds: ["2", 3]'),
    ('[[0, null]]', 'MW422 samples: samples[0] has no number as its value: [0, null]'), ('[[0, "90"]]', 'MW422 samples: samples[0] has no number as its value: [0, "90"]'), ('[[0, true]]', 'MW422 samples: samples[0] has no number as its value: [0, true]'),
    ('[[1e300, 1]]', 'MW422 samples: samples[0] lies more than 1e9 seconds from the start: [' || '1' || repeat('0', 98) || ''), ('{}', 'MW422 samples: samples must be an array of pairs [seconds, value]'), ('7', 'MW422 samples: samples must be an array of pairs [seconds, value]'),
    (NULL, 'MW422 samples: samples must be an array of pairs [seconds, value]')) AS x (samples, wanted);
SELECT matches(pg_temp.tried(pg_temp.above(NULL), '[[0, 1e308]]'), '^MW422 samples: samples\[0\] has a value that could not be stored', 'a value that no sensor could have');
SELECT is(pg_temp.tried(pg_temp.above(NULL), '[[0, 90]]', u), 'MW422 until: until must lie within 1e9 seconds of the start', 'until ' || u) FROM unnest('{NaN,Infinity,-Infinity,1e12}'::float8[]) AS u;
SELECT is(pg_temp.tried(pg_temp.above(NULL), '[[0, 90]]', NULL, -5), 'MW404 sensor_id: there is no sensor -5', 'a sensor that is not there');
SELECT is(pg_temp.tried(rule), wanted, rule) FROM (VALUES
    ('{"condition": "iso_zone"}', 'MW422 sensor_id: condition iso_zone cannot be judged without a sensor'), ('{"condition": "baseline", "high": 3}', 'MW422 sensor_id: condition baseline cannot be judged without a sensor')) AS x (rule, wanted);
SELECT is(pg_temp.tried(pg_temp.above(NULL), '[[0, 90]]', NULL, NULL, shape::jsonb), wanted, shape) FROM (VALUES
    ('[["raised", 0]]', '[["raised", 0]]'), ('[["rised", 0]]', 'MW422 expected: expected[0] does not begin with one of raised, severity_changed, cleared: ["rised", 0]'), ('[["raised", 0], ["cleared"]]', 'MW422 expected: expected[1] must be [kind, seconds] or [kind, seconds, limit]: ["cleared"]'),
    ('[["raised", "0"]]', 'MW422 expected: expected[0] has no number of seconds: ["raised", "0"]'), ('[["raised", 0, "hi"]]', 'MW422 expected: expected[0] does not end with one of low_low, low, high, high_high, inside: ["raised", 0, "hi"]'),
    ('{"raised": 0}', 'MW422 expected: expected must be an array of [kind, seconds] or [kind, seconds, limit]')) AS x (shape, wanted);

-- 2. rule tests: one that cannot be run stops no other
INSERT INTO alarm.rule (name, condition, high, select_equipment) VALUES ('n above', 'above', 80, '{note-1}');
INSERT INTO alarm.rule (name, condition, select_equipment) VALUES ('n zone', 'iso_zone', '{note-1}');
INSERT INTO alarm.rule_test (rule_id, name, samples, expected)
SELECT r.id, t.name, t.samples::jsonb, t.expected::jsonb FROM (VALUES ('n above', 'a good one', '[[0, 90]]', '[["raised", 0]]'), ('n above', 'b no pair', '[[0, 90], 7]', '[]'), ('n above', 'c no number', '[[0, 90], [1, "x"]]', '[]'),
    ('n above', 'd misspelt', '[[0, 90]]', '[["raisd", 0]]'), ('n above', 'e wrong', '[[0, 90]]', '[]'), ('n zone', 'f no sensor', '[[0, 9]]', '[]'), ('n above', 'g good, too', '[[0, 1]]', '[]')) AS t (rule, name, samples, expected)
JOIN alarm.rule AS r ON r.name = t.rule;
SELECT results_eq($$SELECT t.test, t.passed, coalesce(CASE WHEN jsonb_typeof(t.actual) = 'object' THEN concat_ws(' ', t.actual ->> 'code', t.actual ->> 'member', t.actual ->> 'error') END, t.actual::text) FROM alarm.run_rule_tests() AS t WHERE t.rule ~ '^n ' ORDER BY 1$$,
    $$VALUES ('a good one', true, '[["raised", 0]]'), ('b no pair', false, 'MW422 samples samples[1] must be a pair [seconds, value]: 7'), ('c no number', false, 'MW422 samples samples[1] has no number as its value: [1, "x"]'),
      ('d misspelt', false, 'MW422 expected expected[0] does not begin with one of raised, severity_changed, cleared: ["raisd", 0]'), ('e wrong', false, '[["raised", 0]]'),
      ('f no sensor', false, 'MW422 sensor_id condition iso_zone cannot be judged without a sensor'), ('g good, too', true, '[]')$$, 'each test says what is wrong with it');

-- 3. selections
CREATE FUNCTION pg_temp.notes(selection text, condition text DEFAULT 'above') RETURNS text[] LANGUAGE sql AS $$
    SELECT alarm.selection_notes(jsonb_populate_record(NULL::alarm.rule, jsonb_build_object('id', -1, 'condition', condition, 'high', 80, 'parameters', '{"other": "x"}'::jsonb) || selection::jsonb)) $$;
SELECT is(pg_temp.notes(selection), wanted::text[], selection) FROM (VALUES
    ('{}', '{}'), ('{"select_equipment": ["note-1"]}', '{}'), ('{"select_equipment": ["note-*"]}', '{}'), ('{"select_equipment": ["nope"]}', '{unmatched: the rule selects nothing now,"unmatched: select_equipment: there is no equipment \"nope\""}'),
    ('{"select_equipment": ["nope-?"]}', '{unmatched: the rule selects nothing now,"unmatched: select_equipment: there is no equipment \"nope-?\""}'), ('{"select_equipment": ["note-1", "nope"]}', '{"unmatched: select_equipment: there is no equipment \"nope\""}'),
    ('{"select_equipment_type": ["pmup"]}', '{unmatched: the rule selects nothing now,"unmatched: select_equipment_type: there is no equipment type \"pmup\""}'), ('{"select_location": ["hall *"]}', '{}'), ('{"select_location": ["roof"]}', '{}'),
    ('{"select_location": ["hal A"]}', '{unmatched: the rule selects nothing now,"unmatched: select_location: there is no location \"hal A\""}'), ('{"select_tags": ["critical"]}', '{}'),
    ('{"select_tags": ["citical"]}', '{unmatched: the rule selects nothing now,"unmatched: select_tags: there is no tag \"citical\""}'), ('{"select_sensor": ["t?mp"]}', '{}'),
    ('{"select_sensor": ["tmep"]}', '{unmatched: the rule selects nothing now,"unmatched: select_sensor: there is no sensor \"tmep\""}'), ('{"select_sensor_type": ["pressure"]}', '{unmatched: the rule selects nothing now,"unmatched: select_sensor_type: there is no sensor type \"pressure\""}'),
    ('{"select_equipment": ["note-1"], "select_sensor": ["cur"]}', '{"unmatched: the rule selects nothing now: what it names is there, but nothing that is in use has all of it together"}'),
    ('{"select_equipment": ["note-3"]}', '{"unmatched: the rule selects nothing now: what it names is there, but nothing that is in use has all of it together"}'),
    ('{"select_equipment": ["100%"]}', '{unmatched: the rule selects nothing now,"unmatched: select_equipment: there is no equipment \"100%\""}')) AS x (selection, wanted);
SELECT is(pg_temp.notes('{"select_equipment": ["note-1"]}', condition), '{unjudged: the rule can judge none of what it selects now: alarm.rule_assignment says why}', condition || ' of a machine that has not what it takes') FROM unnest('{baseline,iso_zone,two_signal}'::text[]) AS condition;
SELECT is(cardinality(pg_temp.notes((SELECT jsonb_build_object('select_equipment', jsonb_agg('x' || i))::text FROM generate_series(1, 1000) AS i))), 21, 'at most twenty names');
-- as answers, and in a backtest with changes; the NOTICE is looked at by Tests/sql/isolation/rule_notices.sh
SELECT set_config('millwright.actor', 'x', true) \g /dev/null
CREATE TEMP TABLE made AS SELECT api.create_rule('{"name": "n nope", "condition": "above", "high": 5, "select_equipment": ["nope"], "notes": ["sent back"]}') AS rule;
SELECT is((SELECT rule -> 'notes' ->> 1 FROM made), 'unmatched: select_equipment: there is no equipment "nope"', 'the answer of create');
SELECT is((SELECT api.update_rule((rule ->> 'id')::bigint, '{"select_equipment": null, "select_equipment_type": ["pmup"]}') -> 'notes' ->> 1 FROM made), 'unmatched: select_equipment_type: there is no equipment type "pmup"', 'of update');
SELECT is((SELECT api.update_rule((rule ->> 'id')::bigint, '{"select_equipment_type": ["pump"]}') -> 'notes' FROM made), '[]', 'nothing to say');
SELECT is((SELECT api.backtest_rule((rule ->> 'id')::bigint, now() - INTERVAL '1 day', now(), '{"select_equipment_type": ["pmup"]}') -> 'notes' ->> 1 FROM made), 'unmatched: select_equipment_type: there is no equipment type "pmup"', 'of a dry run');
SELECT is((SELECT api.backtest_rule((rule ->> 'id')::bigint, now() - INTERVAL '1 day', now()) -> 'notes' FROM made), '[]', 'raw has nothing else to say');
SELECT is((SELECT array_agg(split_part(n, ':', 1)) FROM made, jsonb_array_elements_text(api.backtest_rule((rule ->> 'id')::bigint, now() - INTERVAL '1 day', now(), '{}', s.source, s.value) -> 'notes') AS n), s.wanted::text[], 'from ' || s.source || ' ' || s.value)
FROM (VALUES ('1m', 'worst', '{merged,quality}'), ('1h', 'mean', '{mean,quality}')) AS s (source, value, wanted);
SELECT is((SELECT array_agg(split_part(n, ':', 1)) FROM made, jsonb_array_elements_text(api.backtest_rule((rule ->> 'id')::bigint, now() - INTERVAL '1 day', now(), '{"condition": "outside", "low": 1, "on_delay": 60}', '1h') -> 'notes') AS n), '{merged,one_side,quality}', 'limits on both sides and a delay');
SELECT is((SELECT api.rollback_rule((rule ->> 'id')::bigint, 1) -> 'notes' ->> 1 FROM made), 'unmatched: select_equipment: there is no equipment "nope"', 'of a rollback');
SELECT * FROM finish();
ROLLBACK;
