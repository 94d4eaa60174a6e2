-- What HTTP asks of the queue: the members of clients of the original system, and their answers.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
INSERT INTO plant.equipment (id, name, type) VALUES ('h-1', 'h-1', 'pump'), ('h-2', 'h-2', 'pump');
CREATE FUNCTION pg_temp.refusal(p_call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_column text;
    v_text text;
BEGIN
    EXECUTE 'SELECT ' || p_call;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_column = COLUMN_NAME, v_text = MESSAGE_TEXT;
    -- clients know no equipment_id
    RETURN concat_ws(' ', SQLSTATE, nullif(v_column, ''), CASE WHEN v_text LIKE '%equipment_id%' THEN v_text END);
END $$;

SELECT is(pg_temp.refusal(format('api.train(%L, %L, %L)', c.query, c.body, c.kind)), c.refusal, format('refused: %s %s %s', c.query, c.body, c.kind))
FROM (VALUES ('{}', '{}', NULL, 'MW422 device_id'), ('{}', '{"device_id": "h-1", "model_type": "magic"}', NULL, 'MW422 model_type'), ('{}', '{"device_id": "nobody"}', NULL, 'MW404 device_id'),
    ('{}', '{"device_id": "h-1", "normal_current_files": "a.csv"}', NULL, 'MW422 normal_current_files'), ('{}', '{"device_id": "h-1", "normal_current_files": [7]}', NULL, 'MW422 normal_current_files'),
    ('{}', '{"device_id": "h-1", "normal_current_files": [""]}', NULL, 'MW422 normal_current_files'), ('{}', '{"device_id": "h-1", "epoch": 3}', NULL, 'MW422 epoch'), ('{"colour": "red"}', '{"device_id": "h-1"}', NULL, 'MW422 colour'),
    ('{"spec": "{"}', '{"device_id": "h-1"}', NULL, 'MW422 spec'), ('{}', '[]', NULL, 'MW422 body'), ('{}', '{"device_id": "h-1", "model_type": "lstm_autoencoder", "normal_current_files": ["a"]}', NULL, 'MW422 model_type'),
    ('{}', '{}', 'rul', 'MW422 device_id device_id or equipment_type must be given, and one only'), ('{"device_id": "h-1"}', '{}', 'rul', 'MW422 device_id')) AS c (query, body, kind, refusal)
WHERE c.refusal NOT LIKE '% must be given%';
SELECT throws_like($$ SELECT api.train('{}', '{}', 'rul') $$, 'device_id or equipment_type must be given%', 'in the client''s words');
SELECT is((SELECT count(*) FROM ml.training_job), 0::bigint, 'nothing of this was queued');

-- stored data
SELECT (api.train('{}', '{"device_id": "h-1", "model_type": "xgboost", "normal_current_files": [], "normal": [{"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}]}') ->> 'job_id')::bigint AS id \gset
SELECT is((SELECT jsonb_build_array(kind, state, spec -> 'source', spec -> 'normal', spec -> 'model_type') FROM ml.training_job WHERE id = :id),
    '["autoencoder", "queued", "stored", [{"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}], "xgboost"]', 'no files: stored data');
SELECT is(api.get_training_job(:id) - '{spec,log,files,card,created_at,created_by,location,job_id}'::text[], '{"device_id": "h-1", "equipment_type": null, "model_type": "xgboost", "kind": "autoencoder", "status": "queued",
    "accuracy": null, "precision": null, "recall": null, "f1_score": null, "training_time": null, "message": "waits for a worker", "progress": 0, "bundle": null, "metrics": null, "error": null, "attempts": 0, "worker": null,
    "cancel_requested": false, "started_at": null, "finished_at": null}', 'the answer has the members that old clients read');
SELECT count(*) FROM ml.claim_training('w', '{autoencoder}');
SELECT ml.finish_training(:id, 'w', (SELECT bundle FROM ml.training_job WHERE id = :id), '{"accuracy": 0.95, "precision": 0.9, "recall": 0.8, "f1_score": 0.847, "training_time": 12.5, "rmse": "x"}', '{"not_for": ["other presses"]}');
SELECT is((SELECT jsonb_build_array(a -> 'status', a -> 'accuracy', a -> 'precision', a -> 'recall', a -> 'f1_score', a -> 'training_time', a -> 'message', a -> 'location')
    FROM api.get_training_job(:id) AS a), jsonb_build_array('succeeded', 0.95, 0.9, 0.8, 0.847, 12.5, 'is trained ' || (SELECT bundle FROM ml.training_job WHERE id = :id), '/api/v1/training/jobs/' || :id), 'and their values when it is over');

-- files of the server: thin is told which to send, in order
SELECT api.train('{"model_type": "xgboost"}', '{"device_id": "h-9", "abnormal_current_files": ["c"], "normal_vibration_files": ["b1", "b2"], "normal_current_files": ["a1", "a2"]}') AS told \gset
SELECT is((:'told'::jsonb) -> 'read', '[{"role": "normal_current", "path": "a1"}, {"role": "normal_current", "path": "a2"}, {"role": "normal_vibration", "path": "b1"}, {"role": "normal_vibration", "path": "b2"}, {"role": "abnormal_current", "path": "c"}]', 'files in order');
SELECT is((:'told'::jsonb -> 'longest_wait')::float8, 600::float8, 'and how long it may let wait');
SELECT is((SELECT state FROM ml.training_job WHERE id = (:'told'::jsonb ->> 'job_id')::bigint), 'receiving', 'its files are awaited, though the machine never spoke');

-- the other kinds
SELECT is((SELECT kind || (spec ->> 'architecture') FROM ml.training_job WHERE id = (api.train('{}', '{"device_id": "h-1", "model_type": "LSTM_autoencoder"}') ->> 'job_id')::bigint), NULL, 'a statement does not see what it made');
SELECT is((SELECT kind || ' ' || (spec ->> 'architecture') FROM ml.training_job ORDER BY id DESC LIMIT 1), 'window_autoencoder lstm', 'model_type says which kind and form');
SELECT api.train('{"spec": "{\"epochs\": 7}", "device_id": "h-1"}', NULL);
SELECT is((SELECT spec ->> 'epochs' FROM ml.training_job ORDER BY id DESC LIMIT 1), '7', 'a form''s spec is JSON');
INSERT INTO plant.failure (equipment_id, failed_at) SELECT 'h-1', '2026-01-01'::timestamptz + i * INTERVAL '10 days' FROM generate_series(1, 4) AS i;
SELECT api.train('{"device_id": "h-1"}', '{"bucket": "1m"}', 'rul');
SELECT is((SELECT kind || ' ' || (spec ->> 'equipment_id') || ' ' || (spec ->> 'bucket') FROM ml.training_job ORDER BY id DESC LIMIT 1), 'rul h-1 1m', 'remaining life of a machine');
SELECT api.train('{"equipment_type": "pump"}', NULL, 'rul');
SELECT is((SELECT api.get_training_job(id) ->> 'equipment_type' FROM ml.training_job ORDER BY id DESC LIMIT 1), 'pump', 'and of a type');

-- lists, cancelling, cards
SELECT is((SELECT string_agg(i ->> 'job_id', ',') FROM jsonb_array_elements(api.list_training_jobs("limit" => 2) -> 'items') AS i), (SELECT string_agg(id::text, ',') FROM (SELECT id FROM ml.training_job ORDER BY id DESC LIMIT 2) AS x), 'the newest first');
SELECT is((SELECT count(*) FROM jsonb_array_elements(api.list_training_jobs(cursor => api.list_training_jobs("limit" => 2) ->> 'next_cursor') -> 'items')), (SELECT count(*) - 2 FROM ml.training_job), 'then the others');
SELECT is((SELECT count(*) FROM jsonb_array_elements(api.list_training_jobs(f.d, f.k, f.s) -> 'items')), (SELECT count(*) FROM ml.training_job WHERE (f.d IS NULL OR spec ->> 'equipment_id' = f.d) AND (f.k IS NULL OR kind = f.k) AND (f.s IS NULL OR state = f.s)), format('filtered: %s', f))
FROM (VALUES ('h-1', NULL, NULL), (NULL, 'rul', NULL), (NULL, NULL, 'queued'), ('h-1', 'autoencoder', 'succeeded'), ('h-9', NULL, 'queued')) AS f (d, k, s);
SELECT is(api.cancel_training_job((SELECT max(id) FROM ml.training_job)) ->> 'status', 'cancelled', 'cancelled');
SELECT is(api.get_training_job(0), NULL, 'there is none');
SELECT is((SELECT count(*) FROM jsonb_array_elements(api.list_training_kinds() -> 'items')), (SELECT count(*) FROM ml.training_kind), 'all kinds are told');
SELECT is(api.get_model_card('h-1', 'default', (SELECT spec ->> 'model_version' FROM ml.training_job WHERE id = :id)), NULL, 'no card before the bundle is there');
INSERT INTO ml.serve_ml_models (equipment_id, power, model_version, bundle_path) SELECT 'h-1', spec ->> 'power', spec ->> 'model_version', '/x' FROM ml.training_job WHERE id = :id;
INSERT INTO ml.serve_ml_models (equipment_id, power, model_version, bundle_path, extra) VALUES ('h-1', 'default', 'given', '/x', '{"card": {"by": "hand"}}'), ('h-1', 'default', 'bare', '/x', '{}');
SELECT is(api.get_model_card('h-1', 'default', (SELECT spec ->> 'model_version' FROM ml.training_job WHERE id = :id)) -> 'card', '{"not_for": ["other presses"]}', 'its training''s card');
SELECT is(api.get_model_card('h-1', 'default', 'given') -> 'card', '{"by": "hand"}', 'or the one in its metadata');
SELECT is(api.get_model_card('h-1', 'default', 'bare'), NULL, 'or none');
-- each kind's example is a spec that its schema takes
SELECT is((SELECT jsonb_agg(e) FROM api.schema_errors(k.spec -> 'example', k.spec, '') AS e), NULL, k.kind || ': its example is right') FROM ml.training_kind AS k;
SELECT is((SELECT count(*) FROM jsonb_each(k.spec -> 'properties') AS p WHERE p.value ? 'default' AND EXISTS (SELECT FROM api.schema_errors(p.value -> 'default', p.value, p.key))), 0::bigint, k.kind || ': so are its defaults') FROM ml.training_kind AS k;
SELECT is((SELECT count(*) FROM ml.training_kind AS a, ml.training_kind AS b WHERE a.place < b.place AND a.model_types && b.model_types), 0::bigint, 'a model_type means one kind');
SELECT * FROM finish();
ROLLBACK;
