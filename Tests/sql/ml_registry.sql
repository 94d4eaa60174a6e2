-- The registry: what bundles say of themselves, reports of several processes, aliases and their way back, champions that go away.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;

-- bundle('v1', …): as thin reports it
CREATE FUNCTION pg_temp.bundle(version text, more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('equipment_id', 'p', 'power', '2.2kW', 'model_version', version, 'modalities', '["current"]'::jsonb, 'sha256', version,
        'case', 'A', 'bundle_path', 'p/2.2kW/' || version, 'thresholds', '{"current": 1}'::jsonb, 'features', '["cur_x_rms", "cur_x_std"]'::jsonb) || more
$$;
CREATE FUNCTION pg_temp.sync(instance text, versions text[], rejected jsonb DEFAULT '[]') RETURNS jsonb LANGUAGE sql AS $$
    SELECT ml.sync_models((SELECT coalesce(jsonb_agg(pg_temp.bundle(v)), '[]') FROM unnest(versions) AS v), rejected, instance)
$$;
CREATE FUNCTION pg_temp.status(version text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', status, status_reason) FROM ml.serve_ml_models WHERE model_version = version
$$;
CREATE FUNCTION pg_temp.refusal(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_column text;
BEGIN
    EXECUTE 'SELECT ' || call;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_column = COLUMN_NAME;
    RETURN trim(SQLSTATE || ' ' || v_column);
END $$;

-- what the registry keeps
SELECT is(ml.sync_models(jsonb_build_array(pg_temp.bundle('v1', '{
    "unscaled": ["current"], "notes": ["metadata.json: hash of itself ignored"], "has_golden": true, "schema_version": 2, "memory_bytes": 12345,
    "files": {"ae_current.pt": "ab"}, "metrics": {"false_alarm_rate": 0.01},
    "extra": {"units": {"cur_x_rms": "A"}, "training_statistics": {
        "cur_x_rms": {"mean": 5, "std": 2, "min": 0, "max": 10, "quantiles": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]},
        "short": {"mean": 5, "std": 2, "min": 0, "max": 10, "quantiles": [0, 1, 2]},
        "unsorted": {"mean": 5, "std": 2, "min": 0, "max": 10, "quantiles": [1, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10]},
        "text": {"mean": "5", "std": 2, "min": 0, "max": 10, "quantiles": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]},
        "huge": {"mean": 1e999, "std": 2, "min": 0, "max": 10, "quantiles": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1e999]}}}}')),
    '[]', 'a') ->> 'upserts', '1', 'a bundle with everything that thin says of it');
SELECT results_eq('SELECT features, unscaled, notes, has_golden, schema_version, memory_bytes, files, extra FROM serve_ml_models',
    $$VALUES ('{cur_x_rms,cur_x_std}'::text[], '{current}'::text[], ARRAY['metadata.json: hash of itself ignored'], true, 2, 12345::bigint,
              '{"ae_current.pt": "ab"}'::jsonb, '{"units": {"cur_x_rms": "A"}}'::jsonb)$$, 'is kept, also under the field''s name');
SELECT results_eq('SELECT feature, source, mean, spread, quantiles[1], quantiles[11], expected[1] FROM ml.feature_reference',
    $$VALUES ('cur_x_rms', 'training', 5::float8, 2::float8, 0::float8, 10::float8, 0.1::float8)$$, 'training statistics become the reference; what is not complete, finite and sorted does not');
SELECT is(ml.sync_models(jsonb_build_array(pg_temp.bundle('v1', jsonb_build_object('extra', jsonb_build_object('long', repeat('x', 70000))))), '[]', 'a') ->> 'upserts', '1', 'metadata beyond all measure');
SELECT results_eq('SELECT extra, notes FROM serve_ml_models', $$VALUES ('{}'::jsonb, ARRAY['metadata: more than 65536 bytes of other members are not kept'])$$, 'are not kept, and it is said');
SELECT is((SELECT updated_at FROM ml.serve_ml_models WHERE pg_temp.sync('a', '{v1}') IS NOT NULL), (SELECT updated_at FROM ml.serve_ml_models), 'v1 as it was before');
SELECT is(pg_temp.sync('a', '{v1}') ->> 'upserts', '0', 'what is known already changes nothing');

-- two processes: nothing flaps
SELECT pg_temp.sync('a', '{v1,v2,v10}') \g /dev/null
SELECT pg_temp.sync('b', '{v1}') \g /dev/null
SELECT is(pg_temp.status('v2'), 'ready', 'a process that has not seen a bundle yet does not take it away');
SELECT is(pg_temp.sync('a', '{v1,v2,v10}') ->> 'upserts', '0', 'so the other one changes nothing when it speaks again');
SELECT pg_temp.sync('a', '{v1,v10}') \g /dev/null
SELECT is(pg_temp.status('v2'), 'missing not found by a, b', 'gone when nobody has it');
SELECT pg_temp.sync('b', '{v1,v10}', '[{"equipment_id": "p", "power": "2.2kW", "model_version": "v2", "code": "hash_mismatch", "reason": "ae_current.pt"}]') \g /dev/null
SELECT is(pg_temp.status('v2'), 'rejected ae_current.pt', 'refused by one, unknown to the other');
SELECT pg_temp.sync('a', '{v1,v2,v10}') \g /dev/null
SELECT is(pg_temp.status('v2'), 'ready', 'served by one is served');
SELECT pg_temp.sync('b', '{v1,v10}') \g /dev/null
UPDATE ml.registry_report SET reported_at = reported_at - INTERVAL '1 hour' WHERE instance = 'a';
SELECT ml.watch_models() \g /dev/null
SELECT is(pg_temp.status('v2'), 'missing not found by b', 'what a process said that is heard no more expires');
SELECT is((SELECT count(*) FROM ml.registry_report), 2::bigint, 'it may come back');
UPDATE ml.registry_report SET reported_at = reported_at - INTERVAL '1 day' WHERE instance = 'a';
SELECT ml.watch_models() \g /dev/null
SELECT is((SELECT count(*) FROM ml.registry_report), 1::bigint, 'one day it is forgotten');
UPDATE ml.registry_report SET reported_at = reported_at - INTERVAL '1 year';
SELECT ml.watch_models() \g /dev/null
SELECT is(pg_temp.status('v10'), 'ready', 'the newest report counts however old it is');
SELECT pg_temp.sync('a', '{v1,v2,v9,v10}') \g /dev/null

-- retired stays
SELECT is((ml.retire_model('p', '2.2kW', 'v2', reason => 'noisy', actor => 'kim')).status_reason, 'by kim: noisy', 'a version is retired');
SELECT pg_temp.sync('a', '{v1,v2,v9,v10}') \g /dev/null
SELECT ml.watch_models() \g /dev/null
SELECT is(pg_temp.status('v2'), 'retired by kim: noisy', 'whatever thin reports');
SELECT is(pg_temp.refusal($$ml.set_alias('p', '2.2kW', 'champion', 'v2')$$), 'MW409 model_version', 'it cannot become champion');
SELECT is((ml.retire_model('p', '2.2kW', 'v2', false)).status, 'ready', 'put back, it is what the reports say');
SELECT is(pg_temp.refusal($$ml.retire_model('p', '2.2kW', 'v77')$$), 'MW404 model_version', 'an unknown version');
SELECT is(pg_temp.refusal($$ml.retire_model('p', '2.2kW', 'v2', reason => repeat('x', 1001))$$), 'MW422 reason', 'a reason without end');

-- aliases
SELECT is((SELECT serving_version || ', ' || because FROM ml.serving), 'v10, newest version, no champion is named', 'without a champion the newest answers');
SELECT is(pg_temp.refusal($$ml.rollback_alias('p', '2.2kW', 'champion')$$), 'MW409 alias', 'nothing to go back to');
SELECT ml.set_alias('p', '2.2kW', 'champion', 'v1', 'first', 'ann');
SELECT is(pg_temp.refusal($$ml.rollback_alias('p', '2.2kW', 'champion')$$), 'MW409 alias', 'nor before the first one');
SELECT ml.set_alias('p', '2.2kW', 'challenger', 'v2', 'calmer?', 'ann');
SELECT is(pg_temp.refusal($$ml.set_alias('p', '2.2kW', 'challenger', 'v1')$$), 'MW409 model_version', 'the champion challenges nobody');
SELECT is(pg_temp.refusal($$ml.set_alias('p', '2.2kW', 'king', 'v1')$$), 'MW422 alias', 'an alias that is none');
SELECT is(pg_temp.refusal($$ml.set_alias('p', '2.2kW', 'champion', 'v77')$$), 'MW404 model_version', 'a version that is none');
SELECT is(pg_temp.refusal($$ml.set_alias('p', '2.2kW', 'champion', 'v2', repeat('x', 2001))$$), 'MW422 reason', 'a reason without end');
SELECT is(pg_temp.refusal($$ml.retire_model('p', '2.2kW', 'v2')$$), 'MW409 model_version', 'the challenger is not retired');
SELECT ml.set_alias('p', '2.2kW', 'champion', 'v2', 'it is calmer', 'kim');
SELECT is((SELECT concat_ws(',', champion, challenger) FROM ml.serving), 'v2', 'the challenger that becomes champion challenges nobody any more');
SELECT ml.set_alias('p', '2.2kW', 'champion', 'v9', 'newer', 'kim');
SELECT ml.set_alias('p', '2.2kW', 'champion', 'v9', 'newer', 'kim');
SELECT is(ml.rollback_alias('p', '2.2kW', 'champion', 'false alarms', 'lee'), 'v2', 'rolled back');
SELECT is(ml.rollback_alias('p', '2.2kW', 'champion', 'worse', 'lee'), 'v1', 'once more goes one further back, not forth again');
SELECT is(pg_temp.refusal($$ml.rollback_alias('p', '2.2kW', 'champion')$$), 'MW409 alias', 'and there it ends');
SELECT ml.set_alias('p', '2.2kW', 'champion', 'v10', 'newest', 'kim');
SELECT is(ml.rollback_alias('p', '2.2kW', 'champion', NULL, 'lee'), 'v1', 'after a new change back to where that came from');
SELECT results_eq($$SELECT coalesce(previous_version, '-') || '>' || coalesce(model_version, '-'), set_by, reason, undoes IS NOT NULL FROM ml.model_alias_history WHERE alias = 'champion' ORDER BY id$$,
    $$VALUES ('->v1', 'ann', 'first', false), ('v1>v2', 'kim', 'it is calmer', false), ('v2>v9', 'kim', 'newer', false), ('v9>v2', 'lee', 'false alarms', true),
             ('v2>v1', 'lee', 'worse', true), ('v1>v10', 'kim', 'newest', false), ('v10>v1', 'lee', NULL, true)$$, 'who, when, why: all of it is kept');
SELECT is(ml.rollback_alias('p', '2.2kW', 'challenger'), 'v2', 'the challenger comes back, too');
SELECT ml.set_alias('p', '2.2kW', 'challenger', NULL);
SELECT is((SELECT challenger FROM ml.serving), NULL, 'an alias is taken away');

-- a champion that goes away is no secret
SELECT pg_temp.sync('a', '{v9,v10}') \g /dev/null
SELECT pg_temp.sync('b', '{v9,v10}') \g /dev/null
SELECT is((SELECT serving_version || ', ' || because FROM ml.serving), 'v10, newest version, the champion is missing', 'the view says what answers, and why');
SELECT is((SELECT model_version || ' ' || stage FROM ml.resolve_models('[{"ordinal": 0, "equipment_id": "p", "power": "2.2kW"}]')), 'v10 champion', 'as it is decided for a request');
SELECT is((SELECT severity || ' ' || (data ->> 'text') FROM alarm.alarm WHERE code = 'champion:p/2.2kW' AND cleared_at IS NULL),
    'high the champion v1 of p 2.2kW is missing (not found by a); v10 answers in its place', 'and a system alarm');
SELECT ml.watch_models() \g /dev/null
SELECT is((SELECT occurrences FROM alarm.alarm WHERE code = 'champion:p/2.2kW'), 1, 'said once');
SELECT pg_temp.sync('a', '{}') \g /dev/null
SELECT pg_temp.sync('b', '{}') \g /dev/null
SELECT is((SELECT severity || ' ' || (data ->> 'text') FROM alarm.alarm WHERE code = 'champion:p/2.2kW' AND cleared_at IS NULL),
    'critical the champion v1 of p 2.2kW is missing (not found by a); nothing answers', 'worse when nothing answers');
SELECT is((SELECT serving_version || because FROM ml.serving), NULL, 'the view');
SELECT is((SELECT because FROM ml.serving), 'nothing is ready', 'says so, too');
SELECT is(pg_temp.refusal($$ml.rollback_alias('p', '2.2kW', 'challenger')$$), 'MW409 model_version', 'a rollback to what is away is refused');
SELECT pg_temp.sync('a', '{v1}') \g /dev/null
SELECT is((SELECT count(*) FROM alarm.alarm WHERE code = 'champion:p/2.2kW' AND cleared_at IS NULL), 0::bigint, 'it is back: the alarm clears');
SELECT is((SELECT because FROM ml.serving), 'champion', 'and it answers');

-- roles
SET LOCAL ROLE operator;
SELECT is(pg_temp.refusal($$ml.set_alias('p', '2.2kW', 'champion', 'v1')$$), '42501', 'an operator names no champion');
SELECT is(pg_temp.refusal($$ml.rollback_alias('p', '2.2kW', 'champion')$$), '42501', 'and rolls none back');
SELECT is(pg_temp.refusal($$ml.retire_model('p', '2.2kW', 'v1')$$), '42501', 'nor retires a version');
SELECT is(pg_temp.refusal($$ml.learn_reference('p', '2.2kW', 'v1')$$), '42501', 'nor learns what is normal');
SELECT is((SELECT count(*) FROM ml.serving), 1::bigint, 'but sees what serves');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
