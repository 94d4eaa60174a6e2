-- The queue of trainings: what a spec may say, who gets a job, how leases, attempts, cancelling and logs behave, and what
-- the worker's role may do.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
INSERT INTO plant.equipment (id, name, type) SELECT 'q-' || i, 'q-' || i, 'pump' FROM generate_series(1, 3) AS i;
CREATE FUNCTION pg_temp.refusal(p_call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_column text;
BEGIN
    EXECUTE 'SELECT ' || p_call;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_column = COLUMN_NAME;
    RETURN concat_ws(' ', SQLSTATE, nullif(v_column, ''));
END $$;
-- as if so much time had passed for a job
CREATE FUNCTION pg_temp.age(p_id bigint, p_by interval) RETURNS void LANGUAGE sql AS $$
    UPDATE ml.training_job SET lease_until = lease_until - p_by, touched_at = touched_at - p_by, not_before = not_before - p_by,
        finished_at = finished_at - p_by
    WHERE id = p_id $$;
CREATE FUNCTION pg_temp.state(p_id bigint) RETURNS text LANGUAGE sql AS $$ SELECT state FROM ml.training_job WHERE id = p_id $$;

-- what is refused, by name, and nothing of it is queued
SELECT is(pg_temp.refusal(format('ml.queue_training(%L, %L)', c.kind, c.spec)), c.refusal, format('refused: %s %s', c.kind, c.spec))
FROM (VALUES ('stars', '{}', 'MW422 kind'), (NULL, '{}', 'MW422 kind'), ('autoencoder', NULL, 'MW422 spec'), ('autoencoder', '[]', 'MW422 spec'),
    ('autoencoder', '{}', 'MW422 equipment_id'), ('autoencoder', '{"equipment_id": 7}', 'MW422 equipment_id'),
    ('autoencoder', '{"equipment_id": "../x"}', 'MW422 equipment_id'), ('autoencoder', '{"equipment_id": "nobody"}', 'MW404 equipment_id'),
    ('autoencoder', '{"equipment_id": "q-1", "colour": 1}', 'MW422 colour'), ('autoencoder', '{"equipment_id": "q-1", "epochs": 0}', 'MW422 epochs'),
    ('autoencoder', '{"equipment_id": "q-1", "epochs": 1e400}', 'MW422 epochs'), ('autoencoder', '{"equipment_id": "q-1", "power": "../.."}', 'MW422 power'),
    ('autoencoder', '{"equipment_id": "q-1", "power": "a/b"}', 'MW422 power'), ('autoencoder', '{"equipment_id": "q-1", "model_version": ".."}', 'MW422 model_version'),
    ('autoencoder', '{"equipment_id": "q-1", "source": "files"}', 'MW422 source'), ('autoencoder', '{"equipment_id": "q-1", "normal": []}', 'MW422 normal'),
    ('autoencoder', '{"equipment_id": "q-1", "normal": [{"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}]}', 'MW422 normal[0].to'),
    ('autoencoder', '{"equipment_id": "q-1", "normal": [{"from": "2026-01-02T00:00:00Z"}]}', 'MW422 normal[0].to'),
    ('autoencoder', '{"equipment_id": "q-1", "normal": [{"from": "yesterday", "to": "now"}]}', 'MW422 normal[0].to'),
    ('autoencoder', '{"equipment_id": "q-1", "abnormal": [{"from": "0001-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}]}', 'MW422 abnormal[0].to'),
    ('window_autoencoder', '{"equipment_id": "q-1", "bucket": "1d"}', 'MW422 bucket'), ('window_autoencoder', '{"equipment_id": "q-1", "signals": ["none"]}', 'MW422 signals'),
    ('window_autoencoder', '{"equipment_id": "q-1", "steps": 1.5}', 'MW422 steps'), ('rul', '{}', 'MW422 equipment_id'),
    ('rul', '{"equipment_id": "q-1", "equipment_type": "pump"}', 'MW422 equipment_id'), ('rul', '{"equipment_type": "pump"}', 'MW422 equipment_type'),
    ('rul', '{"equipment_id": "q-1"}', 'MW422 equipment_id'), ('threshold', '{"equipment_id": "q-1", "power": "2.2kW", "source_version": "v1"}', 'MW404 source_version'),
    ('threshold', '{"equipment_id": "q-1"}', 'MW422 power')) AS c (kind, spec, refusal);
SELECT is((SELECT count(*) FROM ml.training_job), 0::bigint, 'none of these was queued');

-- a spec is complete when a worker gets it
SELECT ml.queue_training('window_autoencoder', '{"equipment_id": "q-1", "steps": 7, "epochs": null}') AS id \gset
SELECT is((SELECT spec - '{normal,abnormal}'::text[] FROM ml.training_job WHERE id = :id), jsonb_build_object('equipment_id', 'q-1', 'steps', 7, 'bucket', '1m',
    'architecture', 'dense', 'epochs', 200, 'threshold_quantile', 0.99, 'threshold_margin', 1.2, 'time_limit', 1800, 'power', 'default', 'seed', :id,
    'model_version', to_char(now() AT TIME ZONE 'UTC', '"t"YYYYMMDD-') || :id, 'bundle', format('q-1/default/%s-%s', to_char(now() AT TIME ZONE 'UTC', '"t"YYYYMMDD'), :id)), 'defaults are filled in');
SELECT is((SELECT jsonb_array_length(spec -> 'normal') FROM ml.training_job WHERE id = :id), 1, 'and the time that no label speaks against');
SELECT is(pg_temp.refusal(format('ml.queue_training(''autoencoder'', %L)', jsonb_build_object('equipment_id', 'q-1', 'power', 'default', 'model_version',
    (SELECT spec -> 'model_version' FROM ml.training_job WHERE id = :id)))), 'MW409 model_version', 'a version that is being made is not made twice');

-- labels: what lasted is abnormal, and around it nothing is normal (against hours, one by one)
INSERT INTO alarm.known_fault (equipment_id, starts_at, ends_at, label)
VALUES ('q-2', '2026-03-02T00:00:00Z', '2026-03-04T00:00:00Z', 'bearing'), ('q-2', '2026-03-03T12:00:00Z', '2026-03-05T00:00:00Z', 'belt'), ('q-2', '2026-03-20T00:00:00Z', '2026-03-21T00:00:00Z', NULL);
INSERT INTO plant.failure (equipment_id, failed_at) VALUES ('q-2', '2026-03-12T00:00:00Z');
WITH hour AS (SELECT h FROM generate_series('2026-03-01T00:30:00Z'::timestamptz, '2026-03-31T00:30:00Z', '1 hour') AS h),
known AS (
    SELECT starts_at, ends_at FROM alarm.known_fault WHERE equipment_id = 'q-2' UNION ALL SELECT '2026-03-12T00:00:00Z', '2026-03-12T00:00:00Z'
), told AS (SELECT * FROM ml.training_ranges('q-2', '2026-03-01T00:00:00Z', '2026-03-31T00:00:00Z'))
SELECT is((SELECT count(*) FROM hour WHERE h < '2026-03-31T00:00:00Z' AND
        NOT EXISTS (SELECT FROM known WHERE h >= starts_at - INTERVAL '1 day' AND h < ends_at + INTERVAL '1 day') IS DISTINCT FROM
        EXISTS (SELECT FROM told WHERE kind = 'normal' AND h >= "from" AND h < "to")), 0::bigint, 'normal is what is a day away from everything known');
SELECT results_eq($$ SELECT "from", "to", label FROM ml.training_ranges('q-2', '2026-03-01T00:00:00Z', '2026-03-31T00:00:00Z') WHERE kind = 'abnormal' ORDER BY 1 $$,
    $$ VALUES ('2026-03-02T00:00:00Z'::timestamptz, '2026-03-04T00:00:00Z'::timestamptz, 'bearing'), ('2026-03-03T12:00:00Z', '2026-03-05T00:00:00Z', 'belt'),
       ('2026-03-11T00:00:00Z', '2026-03-12T00:00:00Z', 'failure'), ('2026-03-20T00:00:00Z', '2026-03-21T00:00:00Z', 'fault') $$, 'abnormal is what lasted, or a day before a moment');

-- who gets it
SELECT ml.queue_training('autoencoder', '{"equipment_id": "q-1"}') AS second \gset
SELECT is((SELECT count(*) FROM ml.claim_training('w-1', '{rul}')), 0::bigint, 'nobody gets a kind that he does not know');
SELECT is((SELECT count(*) FROM ml.claim_training('w-1', NULL)), 0::bigint, 'nor one that knows none');
SELECT results_eq('SELECT id, kind, attempt, lease_seconds FROM ml.claim_training(''w-1'', ''{autoencoder,window_autoencoder}'')', format('SELECT %s::bigint, ''window_autoencoder'', 1, 120', :id), 'the oldest first');
SELECT results_eq('SELECT id, attempt FROM ml.claim_training(''w-2'', ''{autoencoder,window_autoencoder}'')', format('SELECT %s::bigint, 1', :second), 'each once');
SELECT is((SELECT count(*) FROM ml.claim_training('w-3', '{autoencoder,window_autoencoder}')), 0::bigint, 'then there is none');
SELECT is(pg_temp.refusal('(ml.claim_training(' || w || ', ''{rul}'')).id'), 'MW422 worker', 'a worker has a name') FROM unnest(ARRAY['NULL', '''''', 'repeat(''w'', 201)']) AS w;

-- heartbeats
SELECT ok(ml.beat_training(:id, 'w-1', 0.25, 'epoch 1'), 'whoever has it may go on');
SELECT ok(NOT ml.beat_training(:id, w, 0.9, 'mine'), format('%s may not', coalesce(w, 'nobody'))) FROM unnest(ARRAY['w-2', '', NULL]) AS w;
SELECT ok(ml.beat_training(:id, 'w-1', p, NULL), format('progress %s is no reason to stop', p)) FROM unnest('{NaN,-1,2,NULL,Infinity}'::float8[]) AS p;
SELECT is((SELECT progress FROM ml.training_job WHERE id = :id), 0.25::float8, 'and is not taken');
SELECT is((SELECT log ~ '^\S+Z taken by w-1\n\S+Z epoch 1\n$' FROM ml.training_job WHERE id = :id), true, 'the log has what was said');
SELECT pg_temp.age(:id, '119 seconds'), ml.beat_training(:id, 'w-1', 0.3, E'two\nlines\ttoo');
SELECT ok((SELECT lease_until > clock_timestamp() + INTERVAL '110 seconds' AND log LIKE '%two lines too%' FROM ml.training_job WHERE id = :id), 'a beat extends the lease');

-- the log is bounded, whatever is said
UPDATE ops.setting SET value = '1000' WHERE name = 'ml.training_log';
SELECT bool_and(ml.beat_training(:id, 'w-1', 0.3, repeat('x', n * 211) || n)) FROM generate_series(1, 30) AS n;
SELECT is((SELECT length(log) FROM ml.training_job WHERE id = :id), 1000, 'the log keeps its end, as long as it may be');
SELECT ml.beat_training(:id, 'w-1', 0.4, 'last words');
SELECT ok((SELECT log LIKE E'%last words\n' FROM ml.training_job WHERE id = :id), 'what was said last is there');

-- a lease that ends hands over; who had it is told
SELECT is((SELECT count(*) FROM ml.claim_training('w-3', '{window_autoencoder}')), 0::bigint, 'while the lease lasts nobody gets it');
SELECT pg_temp.age(:id, '3 minutes');
SELECT results_eq('SELECT id, attempt FROM ml.claim_training(''w-3'', ''{window_autoencoder}'')', format('SELECT %s::bigint, 2', :id), 'afterwards the next one does');
SELECT ok(NOT ml.beat_training(:id, 'w-1', 0.9, 'still here'), 'who had it is told to stop');
SELECT ok(NOT ml.finish_training(:id, 'w-1', 'q-1/default/late', '{}', '{}'), 'and what it finishes late is not taken');
SELECT ok(NOT ml.fail_training(:id, 'w-1', 'late', false), 'nor is its failure');
SELECT is((SELECT state || ' ' || worker || ' ' || bundle FROM ml.training_job WHERE id = :id), (SELECT 'running w-3 ' || (spec ->> 'bundle') FROM ml.training_job WHERE id = :id), 'nothing of it shows');

-- attempts are bounded
SELECT pg_temp.age(:id, '3 minutes');
SELECT is((SELECT attempt FROM ml.claim_training('w-4', '{window_autoencoder}')), 3, 'the third is the last');
SELECT pg_temp.age(:id, '3 minutes');
SELECT is((SELECT count(*) FROM ml.claim_training('w-5', '{window_autoencoder}')), 0::bigint, 'there is no fourth');
SELECT is((SELECT state || ' ' || left(error, 16) FROM ml.training_job WHERE id = :id), 'failed worker_lost: w-4', 'it has failed, and says who was lost');
SELECT ok((SELECT finished_at IS NOT NULL AND lease_until IS NULL FROM ml.training_job WHERE id = :id), 'that was that');

-- failing: once more after a pause, or not
SELECT ok(ml.fail_training(:second, 'w-2', 'no_memory: later', true), 'it may be tried again');
SELECT is((SELECT state || ' ' || error FROM ml.training_job WHERE id = :second), 'queued no_memory: later', 'and waits, with the reason');
SELECT is((SELECT count(*) FROM ml.claim_training('w-2', '{autoencoder}')), 0::bigint, 'not at once');
SELECT pg_temp.age(:second, '31 seconds');
SELECT is((SELECT attempt FROM ml.claim_training('w-2', '{autoencoder}')), 2, 'but after the pause');
SELECT ml.fail_training(:second, 'w-2', 'no_memory: later', true);
SELECT ok((SELECT not_before > clock_timestamp() + INTERVAL '50 seconds' FROM ml.training_job WHERE id = :second), 'a longer one each time');
SELECT pg_temp.age(:second, '2 minutes');
SELECT is((SELECT attempt FROM ml.claim_training('w-2', '{autoencoder}')), 3, 'a third time');
SELECT ml.fail_training(:second, 'w-2', 'no_memory: never', true);
SELECT is(pg_temp.state(:second), 'failed', 'and then never again, whatever the worker says');
SELECT ml.queue_training('autoencoder', '{"equipment_id": "q-1"}') AS third \gset
SELECT is((SELECT id FROM ml.claim_training('w-2', '{autoencoder}')), :third::bigint, 'the next');
SELECT ml.fail_training(:third, 'w-2', '', false);
SELECT ok((SELECT state = 'failed' AND error <> '' FROM ml.training_job WHERE id = :third), 'who fails says why, or that he said nothing');

-- cancelling
SELECT ml.queue_training('autoencoder', '{"equipment_id": "q-1"}') AS waiting \gset
SELECT is(ml.cancel_training(:waiting), 'cancelled', 'what nobody has is cancelled at once');
SELECT is((SELECT count(*) FROM ml.claim_training('w-2', '{autoencoder}')), 0::bigint, 'and nobody gets it');
SELECT is(pg_temp.refusal(format('ml.cancel_training(%s)', :waiting)), 'MW409 id', 'once');
SELECT is(pg_temp.refusal('ml.cancel_training(0)'), 'MW404 id', 'what is not there cannot be');
SELECT ml.queue_training('autoencoder', '{"equipment_id": "q-1"}') AS busy \gset
SELECT is((SELECT id FROM ml.claim_training('w-2', '{autoencoder}')), :busy::bigint, 'one is busy');
SELECT is(ml.cancel_training(:busy), 'running', 'its worker is not told yet');
SELECT ok(NOT ml.beat_training(:busy, 'w-2', 0.5, NULL), 'now it is');
SELECT is(pg_temp.state(:busy), 'cancelled', 'and it is cancelled');
SELECT ml.queue_training('autoencoder', '{"equipment_id": "q-1"}') AS quick \gset
SELECT is((SELECT id FROM ml.claim_training('w-2', '{autoencoder}')), :quick::bigint, 'another is quick');
SELECT is(ml.cancel_training(:quick), 'running', 'cancelled while');
SELECT ok(NOT ml.finish_training(:quick, 'w-2', 'q-1/default/v1', '{"f1_score": 1}', '{}'), 'it is being finished: not taken');
SELECT is((SELECT state || coalesce(metrics::text, ' no metrics') FROM ml.training_job WHERE id = :quick), 'cancelled no metrics', 'cancelled it is');
SELECT ml.queue_training('autoencoder', '{"equipment_id": "q-1"}') AS lost \gset
SELECT is((SELECT id FROM ml.claim_training('w-2', '{autoencoder}')), :lost::bigint, 'a third');
SELECT ml.cancel_training(:lost), pg_temp.age(:lost, '3 minutes');
SELECT ml.sweep_training();
SELECT is(pg_temp.state(:lost), 'cancelled', 'whose worker is dead is cancelled when its lease ends, and not handed over');

-- finishing
SELECT ml.queue_training('autoencoder', '{"equipment_id": "q-1", "power": "2.2kW", "model_version": "v2"}') AS good \gset
SELECT is((SELECT id FROM ml.claim_training('w-2', '{autoencoder}')), :good::bigint, 'a good one');
SELECT is(pg_temp.refusal(format('ml.finish_training(%s, ''w-2'', %s)', :good, c.arguments)), c.refusal, 'refused: ' || c.arguments)
FROM (VALUES ('''q-1/2.2kW'', ''{}'', ''{}''', 'MW422 bundle'), ('''/q-1/2.2kW/v'', ''{}'', ''{}''', 'MW422 bundle'), ('''../2.2kW/v'', ''{}'', ''{}''', 'MW422 bundle'),
    ('''q-1/../v'', ''{}'', ''{}''', 'MW422 bundle'), ('''q-1/2.2kW/v/w'', ''{}'', ''{}''', 'MW422 bundle'), ('''q-1/2.2kW/v'', NULL, ''{}''', 'MW422 metrics'),
    ('''q-1/2.2kW/v'', ''[]'', ''{}''', 'MW422 metrics'), ('''q-1/2.2kW/v'', ''{}'', NULL', 'MW422 card'), ('''q-1/2.2kW/v'', ''{}'', ''7''', 'MW422 card'),
    ('''q-1/2.2kW/v'', jsonb_build_object(''x'', repeat(''x'', 300000)), ''{}''', 'MW422 metrics')) AS c (arguments, refusal);
SELECT is(pg_temp.state(:good), 'running', 'none of which ended it');
SELECT ok(ml.finish_training(:good, 'w-2', 'q-1/2.2kW/v2', '{"f1_score": 0.9, "training_time": 3}', '{"not_for": "other machines"}'), 'finished');
SELECT is((SELECT concat_ws(' ', state, progress, bundle, metrics ->> 'f1_score', card ->> 'not_for', error) FROM ml.training_job WHERE id = :good), 'succeeded 1 q-1/2.2kW/v2 0.9 other machines', 'with all that was said');
SELECT ok(NOT ml.finish_training(:good, 'w-2', 'q-1/2.2kW/v3', '{}', '{}'), 'once');
SELECT is(pg_temp.refusal('ml.queue_training(''autoencoder'', ''{"equipment_id": "q-1", "power": "2.2kW", "model_version": "v2"}'')'), 'MW409 model_version', 'a version that was made is not made again');

-- a new bundle is a challenger, and who answered goes on answering
INSERT INTO ml.serve_ml_models (equipment_id, power, model_version, bundle_path) VALUES ('q-1', '2.2kW', 'v1', '/x'), ('q-3', '2.2kW', 'v9', '/x');
SELECT is((SELECT serving_version FROM ml.serving WHERE equipment_id = 'q-1'), 'v1', 'v1 answers');
INSERT INTO ml.serve_ml_models (equipment_id, power, model_version, bundle_path) VALUES ('q-1', '2.2kW', 'v2', '/x');
SELECT is(ml.place_trained(), 1, 'its bundle is there');
SELECT results_eq('SELECT serving_version, champion, challenger FROM ml.serving WHERE equipment_id = ''q-1''', $$ VALUES ('v1', 'v1', 'v2') $$, 'v1 is champion, v2 challenger');
SELECT is((SELECT string_agg(alias || ' ' || model_version || ' ' || set_by || ' ' || reason, '; ' ORDER BY id) FROM ml.model_alias_history WHERE equipment_id = 'q-1'),
    format('champion v1 system it answered when training %s brought a newer version; challenger v2 system training %1$s', :good), 'and it stands in the history why');
SELECT is(ml.place_trained(), 0, 'once');
SELECT is((SELECT count(*) FROM ml.model_alias WHERE equipment_id = 'q-3'), 0::bigint, 'a bundle that came by itself is not touched');
SELECT is((SELECT power || '' FROM (SELECT (ml.training_spec('autoencoder', '{"equipment_id": "q-3"}') ->> 'power') AS power) AS s), '2.2kW', 'the power is the one that the machine has');

-- remaining life: from lives that ended, and only from enough of them
INSERT INTO plant.component (equipment_id, name, type) SELECT 'q-' || i, 'bearing', 'bearing' FROM generate_series(1, 3) AS i;
INSERT INTO plant.component_life (component_id, installed_at, removed_at, end_reason)
SELECT c.id, '2026-01-01', '2026-02-01', CASE c.equipment_id WHEN 'q-3' THEN 'preventive' ELSE 'failed' END FROM plant.component AS c;
SELECT is(pg_temp.refusal('ml.queue_training(''rul'', ''{"equipment_type": "pump"}'')'), 'MW422 equipment_type', 'two that failed are not three');
INSERT INTO plant.component_life (component_id, installed_at, removed_at, end_reason) SELECT c.id, '2026-02-01', '2026-03-01', 'failed' FROM plant.component AS c WHERE c.equipment_id = 'q-3';
SELECT ml.queue_training('rul', '{"equipment_type": "pump"}') AS rul \gset
SELECT is((SELECT bundle FROM ml.training_job WHERE id = :rul), format('_pump/default/%s-%s', to_char(now() AT TIME ZONE 'UTC', '"t"YYYYMMDD'), :rul), 'a type''s bundle has a folder that no machine can have');
SELECT is((SELECT count(*) FROM ml.training_lives WHERE equipment_type = 'pump'), 4::bigint, 'lives of components are there');
INSERT INTO plant.equipment (id, name, type, installation_date) VALUES ('m-1', 'm', 'mill', '2026-01-01');
INSERT INTO plant.failure (equipment_id, failed_at, down_from, down_to) VALUES ('m-1', '2026-02-01', '2026-02-01', '2026-02-02'), ('m-1', '2026-03-01', NULL, NULL);
SELECT results_eq($$ SELECT began, ended, why, is_censored FROM ml.training_lives WHERE equipment_id = 'm-1' ORDER BY began $$,
    $$ VALUES ('2026-01-01'::timestamptz, '2026-02-01'::timestamptz, 'failed', false), ('2026-02-02', '2026-03-01', 'failed', false), ('2026-03-01', NULL, NULL, true) $$, 'a machine without components lives from failure to failure');

-- how many may wait
UPDATE ops.setting SET value = to_jsonb((SELECT count(*) + 1 FROM ml.training_job WHERE finished_at IS NULL)) WHERE name = 'ml.training_queue';
SELECT lives_ok('SELECT ml.queue_training(''autoencoder'', ''{"equipment_id": "q-1"}'')', 'as many as may');
SELECT is(pg_temp.refusal('ml.queue_training(''autoencoder'', ''{"equipment_id": "q-1"}'')'), 'MW429', 'and no more');

-- windows of stored signals, against a plain pivot
INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('q-1', 'a', 'x'), ('q-1', 'b', 'x'), ('q-1', 'gone', 'x');
UPDATE plant.sensor SET status = 'retired' WHERE equipment_id = 'q-1' AND name = 'gone';
INSERT INTO telemetry.reading (time, sensor_id, value, quality)
SELECT '2026-05-01T00:00:00Z'::timestamptz + i * INTERVAL '20 seconds', s.id, i * 1.5 + s.id, (i % 11 = 0)::integer * 2
FROM generate_series(1, 100) AS i JOIN plant.sensor AS s ON s.equipment_id = 'q-1' AND s.name IN ('a', 'b') WHERE NOT (s.name = 'b' AND i % 3 = 0);
SELECT results_eq($$ SELECT time, "values" FROM ml.training_window('q-1', '2026-05-01T00:05:00Z', '2026-05-01T00:10:00Z', 'raw', '{b,a}') $$,
    $$ SELECT r.time, ARRAY[min(r.value) FILTER (WHERE s.name = 'b'), min(r.value) FILTER (WHERE s.name = 'a')] FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id
       WHERE r.quality < 2 AND r.time >= '2026-05-01T00:05:00Z' AND r.time < '2026-05-01T00:10:00Z' AND s.equipment_id = 'q-1' GROUP BY 1 ORDER BY 1 $$, 'raw: side by side in the order that was asked for');
SELECT results_eq($$ SELECT time, "values", counts FROM ml.training_window('q-1', '2026-05-01T00:05:00Z', '2026-05-01T00:25:00Z') $$,
    $$ SELECT date_trunc('minute', r.time), ARRAY[avg(r.value) FILTER (WHERE s.name = 'a'), avg(r.value) FILTER (WHERE s.name = 'b')], ARRAY[count(*) FILTER (WHERE s.name = 'a'), count(*) FILTER (WHERE s.name = 'b')]
       FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE r.time >= '2026-05-01T00:05:00Z' AND r.time < '2026-05-01T00:25:00Z' AND s.equipment_id = 'q-1' GROUP BY 1 ORDER BY 1 $$, 'by the minute, all that are not retired');
SELECT is((SELECT array_agg(round(d::numeric, 9)) FROM ml.training_window('q-1', '2026-05-01T00:10:00Z', '2026-05-01T00:11:00Z', '1m', '{a}'), unnest(deviations) AS d),
    (SELECT ARRAY[round(stddev_pop(r.value)::numeric, 9)] FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.name = 'a' AND s.equipment_id = 'q-1' AND r.time >= '2026-05-01T00:10:00Z' AND r.time < '2026-05-01T00:11:00Z'), 'with their spread');
SELECT is((SELECT count(*) || ' ' || sum(counts[1]) FROM ml.training_window('q-1', '2026-05-01T00:00:00Z', '2026-05-02T00:00:00Z', '1h', '{a}')), '1 100', 'by the hour');
SELECT is(pg_temp.refusal('count(*) FROM ml.training_window(' || c.a || ')'), c.refusal, 'refused: ' || c.a)
FROM (VALUES ('''q-1'', ''2026-05-01'', ''2026-05-02'', ''1d''', 'MW422 bucket'), ('''q-1'', ''2026-05-01'', ''2026-05-01''', 'MW422 to'), ('''q-1'', ''-infinity'', ''2026-05-01''', 'MW422 to'),
    ('''q-1'', ''2026-05-01'', ''2026-05-02'', ''1m'', ''{a,zz}''', 'MW404 signals'), ('''nobody'', ''2026-05-01'', ''2026-05-02''', 'MW404 signals')) AS c (a, refusal);

-- what the worker's login may: four calls, what it reads, and nothing else of ours
SELECT is((SELECT string_agg(p.oid::regprocedure::text, ', ' ORDER BY 1) FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
        WHERE p.proowner = 'millwright'::regrole AND n.nspname <> 'compat' AND has_function_privilege('trainer', p.oid, 'EXECUTE')
          AND format('%s.%s', n.nspname, p.proname) <> ALL ('{ml.claim_training,ml.beat_training,ml.finish_training,ml.fail_training,ml.training_outcome,ml.training_window,ml.training_upload_rows}'::text[])), NULL,
    'it calls what the queue and its data need, and no other function of ours');
SELECT set_eq($$ SELECT c.oid::regclass::text FROM pg_class AS c WHERE c.relowner = 'millwright'::regrole AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
        AND (has_table_privilege('trainer', c.oid, 'SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER') OR has_any_column_privilege('trainer', c.oid, 'SELECT,INSERT,UPDATE,REFERENCES')) $$,
    $$ VALUES ('ml.training_features'), ('ml.training_label'), ('ml.training_lives'), ('ml.training_signal') $$, 'it reads these views and no other relation');
SELECT is((SELECT count(*) FROM pg_class AS c WHERE c.relowner = 'millwright'::regrole AND c.relkind IN ('r', 'p', 'v', 'm') AND has_table_privilege('trainer', c.oid, 'INSERT,UPDATE,DELETE,TRUNCATE')), 0::bigint, 'and writes none');
SELECT is((SELECT count(*) FROM pg_auth_members WHERE member = 'trainer'::regrole), 0::bigint, 'it is a member of no role');
SELECT is((SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls OR NOT rolcanlogin FROM pg_roles WHERE rolname = 'trainer'), false, 'it may log in, and that is all');
SELECT is((SELECT count(*) FROM pg_namespace AS n WHERE n.nspowner = 'millwright'::regrole AND (has_schema_privilege('trainer', n.oid, 'CREATE') OR has_schema_privilege('trainer', n.oid, 'USAGE') AND n.nspname <> 'ml')), 0::bigint, 'it sees no schema but ml');
CREATE FUNCTION pg_temp.as_trainer(p_call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL ROLE trainer;
    EXECUTE p_call;
    RESET ROLE;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
SELECT is(pg_temp.as_trainer(c), '42501', 'it may not: ' || c) FROM unnest('{SELECT FROM ml.training_job,SELECT FROM ml.training_sample,SELECT FROM plant.equipment,SELECT FROM telemetry.reading}'::text[]
    || ARRAY['SELECT ml.queue_training(''autoencoder'', ''{}'')', 'SELECT ml.cancel_training(1)', 'SELECT ml.set_alias(''a'', ''b'', ''champion'', ''c'')', 'CREATE TABLE ml.x ()']) AS c;
SELECT is(pg_temp.as_trainer(c), NULL, 'it may: ' || c) FROM unnest(ARRAY['SELECT * FROM ml.training_features', 'SELECT * FROM ml.training_lives', 'SELECT * FROM ml.training_label', 'SELECT * FROM ml.training_signal',
    'SELECT * FROM ml.training_upload_rows(1)', 'SELECT * FROM ml.training_window(''q-1'', ''2026-05-01T00:00:00Z'', ''2026-05-02T00:00:00Z'')', 'SELECT * FROM ml.claim_training(''w'', ''{}'')',
    'SELECT ml.beat_training(1, ''w'', 0, NULL)', 'SELECT ml.finish_training(1, ''w'', ''a/b/c'', ''{}'', ''{}'')', 'SELECT ml.fail_training(1, ''w'', ''x'', false)']) AS c;

-- what is old goes, but not the card of a bundle that is there
UPDATE ml.training_job SET finished_at = clock_timestamp() - INTERVAL '3 years' WHERE finished_at IS NOT NULL;
SELECT cmp_ok(ml.purge_training(), '>', 5::bigint, 'old trainings go');
SELECT set_eq('SELECT id FROM ml.training_job WHERE finished_at IS NOT NULL', format('SELECT %s::bigint', :good), 'all but the one whose bundle is there');
SELECT * FROM finish();
ROLLBACK;
