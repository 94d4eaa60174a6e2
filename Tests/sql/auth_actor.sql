-- Nobody signs as somebody else: every function that is told an actor, every setting that names one, every column that a role may write.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SET client_min_messages = error;
CREATE ROLE tap_operator LOGIN IN ROLE operator;
CREATE ROLE tap_engineer LOGIN IN ROLE engineer;
CREATE ROLE tap_admin LOGIN IN ROLE admin;

INSERT INTO plant.equipment (id, name) VALUES ('A-1', 'A-1');
INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('A-1', 'a', 'current');
INSERT INTO alarm.rule (name, condition, high, select_equipment, latched, chatter_count) VALUES ('acted', 'above', 10, '{A-1}', true, NULL);
INSERT INTO ops.setting (name, value, description) VALUES ('test.acted', '1', 'x');
INSERT INTO ingest.quarantine (topic, payload, reason, received_at) VALUES ('factory/x', 'x', 'not_json', now());
SELECT ml.sync_models(jsonb_agg(jsonb_build_object('equipment_id', 'A-1', 'power', 'p', 'model_version', v, 'modalities', '["current"]'::jsonb,
    'sha256', v, 'case', 'A', 'bundle_path', 'A-1/p/' || v, 'thresholds', '{"current": 1}'::jsonb, 'features', '["a"]'::jsonb)), '[]', 'i')
FROM unnest('{v1,v2,v3}'::text[]) AS v \g /dev/null
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, source, modalities, is_anomaly, confidence, scores, thresholds, ratio, features, received_at)
SELECT now() - i * INTERVAL '1 minute', 'A-1', 'p', 'v1', 'mqtt', '{current}', false, 0, '{"current": 1}', '{}', '{}', jsonb_build_object('a', i), now()
FROM generate_series(1, 100) AS i;
CREATE FUNCTION pg_temp.sample(seconds float8, value float8) RETURNS void LANGUAGE sql AS $$
    SELECT FROM plant.sensor AS s, alarm.evaluate_batch(ARRAY[s.id], ARRAY[now() + make_interval(secs => seconds)], ARRAY[value]) AS e WHERE s.equipment_id = 'A-1' $$;
CREATE FUNCTION pg_temp.newest() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$ SELECT max(id) FROM alarm.alarm $$;
CREATE FUNCTION pg_temp.rule() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$ SELECT max(id) FROM alarm.rule $$;
-- latched: it stands until it is reset, though the value is good again
SELECT pg_temp.sample(0, 11), pg_temp.sample(1, 1) \g /dev/null

-- One call a function, in this order, each with the name of somebody else.
CREATE TEMPORARY TABLE act (n integer GENERATED ALWAYS AS IDENTITY, function regprocedure, login text, call text);
INSERT INTO act (function, login, call) VALUES
    ('alarm.acknowledge(bigint,text,text)', 'tap_operator', $$alarm.acknowledge(pg_temp.newest(), 'mallory', 'c')$$),
    ('alarm.confirm(bigint,text,text)', 'tap_operator', $$alarm.confirm(pg_temp.newest(), 'mallory', 'c')$$),
    ('alarm.comment(bigint,text,text)', 'tap_operator', $$alarm.comment(pg_temp.newest(), 'c', 'mallory')$$),
    ('alarm.shelve(bigint,interval,text,text,boolean)', 'tap_operator', $$alarm.shelve(pg_temp.newest(), '1 hour', 'mallory')$$),
    ('alarm.unshelve(bigint,text,text)', 'tap_operator', $$alarm.unshelve(pg_temp.newest(), 'mallory')$$),
    ('alarm.suppress(bigint,text,text)', 'tap_engineer', $$alarm.suppress(pg_temp.newest(), 'mallory', 'c')$$),
    ('alarm.unsuppress(bigint,text,text)', 'tap_engineer', $$alarm.unsuppress(pg_temp.newest(), 'mallory')$$),
    ('alarm.take_out_of_service(bigint,text,text)', 'tap_engineer', $$alarm.take_out_of_service(pg_temp.newest(), 'mallory', 'c')$$),
    ('alarm.return_to_service(bigint,text,text)', 'tap_engineer', $$alarm.return_to_service(pg_temp.newest(), 'mallory')$$),
    ('alarm.reset(bigint,text,text)', 'tap_operator', $$alarm.reset(pg_temp.newest(), 'mallory')$$),
    ('alarm.create_rule(jsonb,text,text)', 'tap_engineer', $$alarm.create_rule('{"name": "made", "condition": "above", "high": 1}', 'mallory')$$),
    ('alarm.update_rule(bigint,jsonb,text,text)', 'tap_engineer', $$alarm.update_rule(pg_temp.rule(), '{"high": 2}', 'mallory')$$),
    ('alarm.rollback_rule(bigint,integer,text,text)', 'tap_engineer', $$alarm.rollback_rule(pg_temp.rule(), 1, 'mallory')$$),
    ('alarm.delete_rule(bigint,text,text)', 'tap_engineer', $$alarm.delete_rule(pg_temp.rule(), 'mallory')$$),
    ('ml.set_alias(text,text,text,text,text,text)', 'tap_engineer', $$ml.set_alias('A-1', 'p', 'champion', 'v1', NULL, 'mallory')$$),
    ('ml.set_alias(text,text,text,text,text,text)', 'tap_engineer', $$ml.set_alias('A-1', 'p', 'champion', 'v2', NULL, 'mallory')$$),
    ('ml.rollback_alias(text,text,text,text,text)', 'tap_engineer', $$ml.rollback_alias('A-1', 'p', 'champion', NULL, 'mallory')$$),
    ('ml.set_alias(text,text,text,text,text,text)', 'tap_engineer', $$ml.set_alias('A-1', 'p', 'challenger', 'v2', NULL, 'mallory')$$),
    ('ml.review_challenger(text,text,text)', 'tap_engineer', $$ml.review_challenger('A-1', 'p', 'mallory')$$),
    ('ml.promote_challenger(text,text,text,text)', 'tap_engineer', $$ml.promote_challenger('A-1', 'p', 'better', 'mallory')$$),
    ('ml.begin_backtest(text,text,text,timestamptz,timestamptz,text)', 'tap_engineer', $$ml.begin_backtest('A-1', 'p', 'v2', now() - INTERVAL '1 day', now(), 'mallory')$$),
    ('ml.begin_training(text,jsonb,text)', 'tap_engineer', $$ml.begin_training('autoencoder', '{"equipment_id": "A-1", "power": "p"}', 'mallory')$$),
    ('ml.queue_training(text,jsonb,text)', 'tap_engineer', $$ml.queue_training('autoencoder', '{"equipment_id": "A-1", "power": "p"}', 'mallory')$$),
    ('ml.cancel_training(bigint,text)', 'tap_engineer', $$ml.cancel_training(max(j.id), 'mallory') FROM ml.training_job AS j$$),
    ('ml.retire_model(text,text,text,boolean,text,text)', 'tap_engineer', $$ml.retire_model('A-1', 'p', 'v3', true, 'old', 'mallory')$$),
    ('ml.learn_reference(text,text,text,timestamptz,timestamptz,integer,text)', 'tap_engineer', $$ml.learn_reference('A-1', 'p', 'v1', actor => 'mallory')$$),
    ('ops.set_setting(text,jsonb,text)', 'tap_admin', $$ops.set_setting('test.acted', '2', 'mallory')$$);

-- generated from the catalog: a new function is covered by itself
CREATE TEMPORARY TABLE told AS
SELECT p.oid::regprocedure AS function FROM pg_proc AS p
WHERE p.proowner = 'millwright'::regrole AND p.prorettype <> 'trigger'::regtype AND has_function_privilege('admin', p.oid, 'EXECUTE')
    AND EXISTS (SELECT FROM unnest(p.proargnames) WITH ORDINALITY AS a (name, i)
                WHERE a.name ~ '(^|_)(actor|by|who|user|author|operator|login|signed|person)$' AND coalesce(p.proargmodes[a.i], 'i') IN ('i', 'b', 'v'));
SELECT set_eq('SELECT function::text FROM told', 'SELECT function::text FROM act', 'every function that is told an actor has a call here');

-- text of every row of every table of ours that holds the word
CREATE FUNCTION pg_temp.find(word text) RETURNS TABLE (place text) LANGUAGE plpgsql AS $$
DECLARE
    v_table record;
    v_found boolean;
BEGIN
    FOR v_table IN SELECT c.oid::regclass AS name FROM pg_class AS c
        WHERE c.relkind IN ('r', 'p') AND c.relowner = 'millwright'::regrole AND c.relnamespace::regnamespace::text !~ '^_'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s AS t WHERE to_jsonb(t)::text LIKE %L)', v_table.name, '%' || word || '%') INTO v_found;
        IF v_found THEN place := v_table.name; RETURN NEXT; END IF;
    END LOOP;
END $$;
CREATE FUNCTION pg_temp.perform(p_login text, p_call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('session_authorization', p_login, true);
    EXECUTE 'SELECT ' || p_call;
    RESET session_authorization;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
GRANT EXECUTE ON FUNCTION pg_temp.newest(), pg_temp.rule(), pg_temp.perform(text, text) TO PUBLIC;

-- what anybody may set, set to somebody else; the account exists
SELECT auth.create_account('mallory', 'mallory@example.com', 'mallorys-password', NULL, 'admin') \g /dev/null
SELECT set_config('millwright.' || m, CASE m WHEN 'username' THEN 'mallory' WHEN 'actor' THEN 'mallory'
    WHEN 'user_id' THEN (SELECT id::text FROM auth.account WHERE username = 'mallory') ELSE '' END, true)
FROM unnest('{username,actor,user_id,session_id,api_key_id,address,request_id}'::text[]) AS m \g /dev/null
DELETE FROM auth.account WHERE username = 'mallory';
ALTER TABLE auth.audit_entry DISABLE TRIGGER audit_entry_guard;
DELETE FROM auth.audit_entry;
ALTER TABLE auth.audit_entry ENABLE TRIGGER audit_entry_guard;

SELECT is(pg_temp.perform(login, call), 'done', 'works: ' || call) FROM act ORDER BY n;
SELECT is_empty($$SELECT * FROM pg_temp.find('mallory')$$, 'whoever is named, and whatever is SET: it is recorded nowhere');
SELECT cmp_ok((SELECT count(*) FROM alarm.transition WHERE actor LIKE 'tap\_%'), '>=', 10::bigint, 'but who was logged in');
SELECT is((SELECT string_agg(DISTINCT changed_by, ' ') FROM alarm.rule_version WHERE changed_by LIKE 'tap%'), 'tap_engineer', 'for rules, too');
SELECT is((SELECT updated_by FROM ops.setting WHERE name = 'test.acted'), 'tap_admin', 'for settings');
SELECT is((SELECT string_agg(DISTINCT set_by, ' ') FROM ml.model_alias_history), 'tap_engineer', 'for models');

-- columns that a role may write itself: from the catalog again
SELECT set_eq($$
    SELECT c.oid::regclass || '.' || a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relowner = 'millwright'::regrole AND c.relkind IN ('r', 'v') AND a.attname ~ '(^|_)(actor|by)$'
        AND (has_column_privilege('admin', c.oid, a.attnum, 'INSERT') OR has_column_privilege('admin', c.oid, a.attnum, 'UPDATE')) $$,
    ARRAY['alarm.rule.updated_by', 'ingest.quarantine.handled_by', 'plant.component_life.created_by', 'plant.failure.created_by',
        'plant.work_order.created_by', 'ml.promotion_policy.set_by', 'ml.rul_governor.set_by', 'ml.rul_lite_threshold.set_by'], 'the columns with a name that a role may write');
SET LOCAL session_authorization = tap_engineer;
INSERT INTO alarm.rule (name, condition, high, updated_by) VALUES ('straight', 'above', 1, 'mallory');
UPDATE alarm.rule SET high = 2, updated_by = 'mallory' WHERE name = 'straight';
UPDATE ingest.quarantine SET status = 'discarded', handled_by = 'mallory' WHERE topic = 'factory/x';
INSERT INTO plant.failure (equipment_id, failed_at, created_by) VALUES ('A-1', '2026-01-01 00:00Z', 'mallory');
UPDATE plant.failure SET cause = 'bearing', created_by = 'mallory' WHERE equipment_id = 'A-1';
INSERT INTO ml.rul_governor (equipment_id, method, set_by) SELECT 'A-1', min(m.method), 'mallory' FROM ml.rul_method AS m;
UPDATE ml.rul_governor SET set_by = 'mallory';
UPDATE ml.promotion_policy SET set_by = 'mallory';
RESET session_authorization;
SELECT is_empty($$SELECT * FROM pg_temp.find('mallory')$$, 'are stamped');
SELECT is((SELECT concat_ws(' ', f.created_by, g.set_by) FROM plant.failure AS f, ml.rul_governor AS g), 'tap_engineer tap_engineer', 'of people''s histories and choices, too');
SELECT is((SELECT handled_by FROM ingest.quarantine WHERE topic = 'factory/x'), 'tap_engineer', 'with the login');
SELECT is(pg_temp.perform('tap_engineer', 'ingest.replay()'), 'done', 'a replay');

-- becoming somebody else
SELECT alike(pg_temp.perform('tap_operator', $$set_config('role', 'thin', true)$$), '42501%', 'SET ROLE thin is refused');
SELECT alike(pg_temp.perform('tap_admin', $$auth.begin_request('{"role": "admin", "user_id": "1"}')$$), '42501%', 'and auth.begin_request');
SELECT alike(pg_temp.perform('tap_admin', $$auth.acting('mallory')$$), '42501%', 'and auth.acting');
SELECT alike(pg_temp.perform('tap_admin', $$auth.audit('x', 'y', 'z')$$), '42501%', 'and writing the trail oneself');

-- thin may: it has checked who they are
SELECT pg_temp.sample(2, 12) \g /dev/null
SET LOCAL session_authorization = thin;
SET LOCAL ROLE operator;
SELECT is((alarm.comment(pg_temp.newest(), 'c', 'kim')).id, pg_temp.newest(), 'thin comments for kim');
RESET ROLE;
RESET session_authorization;
SELECT is((SELECT actor FROM alarm.transition WHERE kind = 'commented' ORDER BY id DESC LIMIT 1), 'kim', 'who is recorded');
-- and nobody registers under the name of a database login, which the trail could not tell apart
SELECT throws_ok($$SELECT auth.create_account('Tap_Operator', 'x@example.com', 'long-enough-1', NULL, 'viewer')$$, 'MW409', NULL, 'a login''s name is taken');
SELECT throws_ok($$SELECT auth.create_account('system', 'x@example.com', 'long-enough-1', NULL, 'viewer')$$, 'MW409', NULL, 'the machine''s, too');
SELECT * FROM finish();
ROLLBACK;
