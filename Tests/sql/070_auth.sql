-- Accounts, sessions, keys, tickets, throttle, audit.
BEGIN;
SELECT plan(76);
UPDATE ops.setting SET value = '4' WHERE name = 'auth.bcrypt_cost'; -- a test need not wait for hashes

-- what thin does at the begin of a request
CREATE FUNCTION pg_temp.act_as(p_username text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_account auth.account;
    v_session uuid;
BEGIN
    RESET ROLE;
    SELECT * INTO v_account FROM auth.account WHERE username = p_username;
    SELECT id INTO v_session FROM auth.session WHERE account_id = v_account.id AND revoked_at IS NULL ORDER BY created_at DESC LIMIT 1;
    IF v_session IS NULL AND v_account.id IS NOT NULL THEN
        INSERT INTO auth.session (account_id, expires_at) VALUES (v_account.id, now() + INTERVAL '1 day') RETURNING id INTO v_session;
    END IF;
    PERFORM auth.begin_request(jsonb_strip_nulls(jsonb_build_object('request_id', 'r1', 'address', '10.0.0.7',
        'user_id', v_account.id, 'session_id', v_session, 'role', coalesce(v_account.role, 'anonymous'))));
    PERFORM set_config('role', coalesce(v_account.role, 'anonymous'), true);
    RETURN coalesce(v_account.role, 'anonymous');
END $$;
GRANT EXECUTE ON FUNCTION pg_temp.act_as(text) TO PUBLIC;

-- passwords
SELECT alike(auth.hash_password('correct horse battery'), '$2a$04$%', 'bcrypt with the cost of the setting');
SELECT ok(auth.password_matches('correct horse battery', auth.hash_password('correct horse battery')), 'the right password matches');
SELECT ok(NOT auth.password_matches(repeat('x', 80) || 'a', auth.hash_password(repeat('x', 80) || 'b')),
    'what differs after 72 bytes is another password');
SELECT ok(auth.password_matches('비밀번호는길어요', auth.hash_password('비밀번호는길어요')), 'passwords may be Korean');
SELECT is(auth.password_matches('x', ''), false, 'an empty hash matches nothing');

-- bootstrap
SELECT is(auth.bootstrap_admin('Admin@Example.com', 'first-password') ->> 'outcome', 'created', 'the first call creates the administrator');
SELECT is(auth.bootstrap_admin('admin@example.com', 'first-password') ->> 'outcome', 'unchanged', 'the second changes nothing');
SELECT is(auth.bootstrap_admin('admin@example.com', 'other-password') ->> 'outcome', 'updated', 'another password is set');
SELECT throws_ok($$ SELECT auth.bootstrap_admin('admin@example.com', 'short') $$, 'MW422', NULL, 'not a short one');
SELECT ok(NOT has_function_privilege('admin', 'auth.bootstrap_admin(text, text)', 'EXECUTE')
    AND NOT has_function_privilege('thin', 'auth.bootstrap_admin(text, text)', 'EXECUTE'), 'nobody but the owner may bootstrap');

-- registration
SELECT is(pg_temp.act_as(NULL), 'anonymous', 'a request without a token is anonymous');
SELECT is(api.register('kim', 'Kim@Example.com', 'kims-password', 'Kim Minji') ->> 'role', 'viewer', 'anybody may register as viewer');
SELECT ok(NOT api.register('lee', 'lee@example.com', 'lees-password') ? 'password_hash', 'the answer holds no hash');
SELECT throws_ok($$ SELECT api.register('kim', 'kim2@example.com', 'kims-password') $$, 'MW409', 'the user name is taken', 'a user name once');
SELECT throws_ok($$ SELECT api.register('KIM', 'kim2@example.com', 'kims-password') $$, 'MW409', NULL, 'whatever its case');
SELECT throws_ok($$ SELECT api.register('kim3', 'KIM@example.com', 'kims-password') $$, 'MW409', 'the e-mail address is taken', 'an e-mail address once');
SELECT throws_ok($$ SELECT api.register('eve', 'eve@example.com', 'eves-password', role => 'engineer') $$, 'MW403', NULL,
    'a role above viewer needs an administrator');
SELECT throws_ok($$ SELECT api.register('eve', 'eve@example.com', 'eves-password', role => 'owner') $$, 'MW422', NULL, 'an unknown role is refused');
SELECT throws_ok($$ SELECT api.register('eve', 'eve@example.com', 'eves-password', role => NULL) $$, 'MW422', NULL, 'no role is refused');
SELECT throws_ok(format('SELECT api.register(%L, %L, %L)', p.username, p.email, p.password), 'MW422', NULL, 'refused: ' || p.what)
FROM (VALUES
    ('x', 'x@example.com', 'long-enough', 'a short user name'), ('a b c', 'x@example.com', 'long-enough', 'a space in the user name'),
    ('a@b.example', 'x@example.com', 'long-enough', 'an @ in the user name'), (NULL, 'x@example.com', 'long-enough', 'no user name'),
    ('xavier', 'x@example', 'long-enough', 'an address without a domain'), ('xavier', NULL, 'long-enough', 'no address'),
    ('xavier', repeat('x', 250) || '@example.com', 'long-enough', 'a long address'),
    ('xavier', 'x@example.com', 'short', 'a short password'), ('xavier', 'x@example.com', NULL, 'no password'),
    ('xavier', 'x@example.com', repeat('x', 129), 'a long password'), ('xavier_long', 'x@example.com', 'Xavier_Long', 'the user name as password')
) AS p (username, email, password, what);
SELECT is(pg_temp.act_as('admin'), 'admin', 'the administrator acts');
SELECT is(api.register('olga', 'olga@example.com', 'olgas-password', role => 'operator') ->> 'role', 'operator', 'an administrator gives roles');
SELECT is(api.register('emil', 'emil@example.com', 'emils-password', role => 'engineer') ->> 'role', 'engineer', 'engineer, too');

-- login: never a 500, the same answer for a wrong name and a wrong password
SELECT pg_temp.act_as(NULL) \g /dev/null
SELECT is(api.login('kims-password', username => 'kim') -> 'claims' ->> 'name', 'kim', 'by user name');
SELECT is(api.login('kims-password', email => 'KIM@example.com') -> 'claims' ->> 'role', 'viewer', 'by e-mail address, whatever its case');
SELECT is(api.login('kims-password', username => 'kim@example.com') -> 'expires_in', '1800', 'an address in username works (OAuth 2 form); 1800 s');
SELECT is(api.login('wrong', username => 'kim') -> 'mw_refusal' ->> 'code', 'MW401', 'a wrong password is a 401');
SELECT is(api.login('wrong', username => 'kim'), api.login('wrong', username => 'nobody'), 'an unknown name gets the same answer');
SELECT is((SELECT count(*) FROM (VALUES (''), (NULL), (repeat('x', 100000)), ('비밀'), (E'\n\\''";--')) AS p (password)
    WHERE api.login(p.password, username => 'lee') -> 'mw_refusal' ->> 'code' = 'MW401'), 5::bigint, 'odd passwords are a 401, not an error');
SELECT throws_ok($$ SELECT api.login('x') $$, 'MW422', NULL, 'no name is refused by name');

-- throttle: the setting's free attempts (5) are used up for lee
SELECT throws_ok($$ SELECT api.login('lees-password', username => 'lee') $$, 'MW429', NULL, 'then the account waits, even with the right password');
SELECT throws_ok($$ SELECT api.login('lees-password', email => 'lee@example.com') $$, 'MW429', NULL, 'by its address, too');
RESET ROLE;
UPDATE auth.login_throttle SET blocked_until = clock_timestamp() - INTERVAL '1 second';
SELECT pg_temp.act_as(NULL) \g /dev/null
SELECT ok(api.login('wrong', username => 'lee') ? 'mw_refusal', 'after the wait it may try again');
RESET ROLE;
SELECT is((SELECT count(*) FROM auth.login_throttle WHERE blocked_until > clock_timestamp() + INTERVAL '1 second'), 1::bigint, 'and waits longer the next time');
UPDATE auth.login_throttle SET blocked_until = clock_timestamp() - INTERVAL '1 second';
SELECT ok(api.login('lees-password', username => 'lee') ? 'claims', 'a success');
SELECT is((SELECT count(*) FROM auth.login_throttle WHERE subject = auth.throttle_subject('network',
        auth.throttled_name((SELECT id FROM auth.account WHERE username = 'lee'), NULL), '10.0.0.7/32')),
    0::bigint, 'forgets the failures');

-- sessions and refresh
CREATE TEMPORARY TABLE token AS SELECT api.login('kims-password', username => 'kim') AS first;
ALTER TABLE token ADD second jsonb, ADD third jsonb;
UPDATE token SET second = api.refresh_token(first ->> 'refresh_token');
SELECT isnt((SELECT second ->> 'refresh_token' FROM token), (SELECT first ->> 'refresh_token' FROM token), 'each refresh gives a new token');
SELECT is((SELECT second -> 'claims' ->> 'sid' FROM token), (SELECT first -> 'claims' ->> 'sid' FROM token), 'of the same session');
SELECT is((SELECT api.refresh_token(first ->> 'refresh_token') -> 'mw_refusal' ->> 'code' FROM token), 'MW401', 'a token that was used is refused');
SELECT throws_ok($$ SELECT api.refresh_token((SELECT second ->> 'refresh_token' FROM token)) $$, 'MW401', NULL, 'and its session has ended');
SELECT throws_ok($$ SELECT auth.begin_request(jsonb_build_object('user_id', first -> 'claims' ->> 'sub', 'session_id', first -> 'claims' ->> 'sid', 'role', 'viewer')) FROM token $$,
    'MW401', 'the session has ended', 'its access tokens too');
SELECT throws_ok($$ SELECT api.refresh_token('mwr_nonsense') $$, 'MW401', NULL, 'a made-up refresh token is refused');
SELECT throws_ok($$ SELECT api.refresh_token(NULL) $$, 'MW401', NULL, 'and none');
SELECT throws_ok($$ SELECT auth.begin_request('{"role": "admin"}') $$, 'MW401', NULL, 'a role without an account is refused');
SELECT throws_ok($$ SELECT auth.begin_request('{"user_id": "x", "session_id": "y", "role": "admin"}') $$, 'MW401', NULL, 'ids that are none are refused');
SELECT pg_temp.act_as('kim') \g /dev/null
SELECT throws_ok(format($$ SELECT auth.begin_request(jsonb_build_object('user_id', auth.account_id(), 'session_id', auth.request_member('session_id'), 'role', 'admin')) $$),
    '42501', NULL, 'a viewer cannot begin another request');
SELECT is(api.me() ->> 'username', 'kim', 'me');
SELECT is(api.change_password('wrong', 'new-password-1') -> 'mw_refusal' ->> 'column', 'current_password', 'the current password is asked for');
SELECT is(api.change_password('kims-password', 'new-password-1'), NULL, 'and then the new one holds');
SELECT is(api.logout(), NULL, 'logout');
RESET ROLE;
SELECT throws_ok($$ SELECT auth.begin_request(jsonb_build_object('user_id', a.id, 'session_id', s.id, 'role', 'viewer'))
    FROM auth.account AS a JOIN auth.session AS s ON s.account_id = a.id WHERE a.username = 'kim' AND s.revoked_reason = 'logout' $$, 'MW401', NULL, 'ends the session');

-- API keys and tickets
SELECT pg_temp.act_as('olga') \g /dev/null
SELECT throws_ok($$ SELECT api.create_api_key('robot', 'engineer') $$, 'MW403', NULL, 'a key cannot do more than its owner');
CREATE TEMPORARY TABLE key AS SELECT api.create_api_key('robot', 'operator') AS made, auth.account_id() AS owner;
SELECT ok(made ->> 'key' LIKE 'mwk\_%' AND NOT (api.list_api_keys() -> 'items' -> 0) ? 'key', 'the key is shown once') FROM key;
CREATE TEMPORARY TABLE ticket AS SELECT api.issue_ws_ticket() ->> 'ticket' AS ticket;
RESET ROLE;
SELECT is(auth.authenticate_api_key(made ->> 'key') ->> 'username', 'olga', 'a key is its owner') FROM key;
SELECT is(auth.redeem_ws_ticket(ticket) ->> 'role', 'operator', 'a ticket is its owner') FROM ticket;
SELECT throws_ok(format('SELECT auth.redeem_ws_ticket(%L)', ticket), 'MW401', NULL, 'once') FROM ticket;
SELECT pg_temp.act_as('olga') \g /dev/null
SELECT is(api.revoke_api_key((made ->> 'id')::uuid), NULL, 'revoking') FROM key;
RESET ROLE;
SELECT throws_ok(format('SELECT auth.authenticate_api_key(%L)', made ->> 'key'), 'MW401', NULL, 'ends a key') FROM key;

-- administration and audit
SELECT pg_temp.act_as('admin') \g /dev/null
SELECT throws_ok($$ SELECT api.update_user((SELECT (api.me() ->> 'id')::bigint), role => 'viewer') $$, 'MW409', NULL, 'the last administrator stays one');
SELECT is(api.update_user((SELECT (u ->> 'id')::bigint FROM jsonb_array_elements(api.list_users() -> 'items') AS u WHERE u ->> 'username' = 'olga'),
    is_active => false) -> 'is_active', 'false', 'users are deactivated');
RESET ROLE;
SELECT throws_ok($$ SELECT auth.begin_request(jsonb_build_object('user_id', a.id, 'session_id', s.id, 'role', a.role))
    FROM auth.account AS a JOIN auth.session AS s ON s.account_id = a.id WHERE a.username = 'olga' $$, 'MW401', NULL, 'which ends what they do');
SELECT results_eq($$ SELECT actor, role, host(address), request_id, before ->> 'is_active', after ->> 'is_active' FROM auth.audit_entry WHERE action = 'user.update' $$,
    $$ VALUES ('admin', 'admin', '10.0.0.7', 'r1', 'true', 'false') $$, 'the trail says who, as what, from where, and what changed');
SELECT is((SELECT count(*) FROM auth.audit_entry WHERE concat(before, after) ~ 'password_hash|mwk_[A-Za-z0-9_-]{20}|\$2a\$'), 0::bigint, 'and holds no secret');
SELECT throws_ok('UPDATE auth.audit_entry SET actor = ''x''', 'MW403', NULL, 'it cannot be changed');
SELECT throws_ok('DELETE FROM auth.audit_entry', 'MW403', NULL, 'nor deleted');

-- identity cannot be forged by somebody who is not thin
CREATE ROLE trail_viewer LOGIN;
GRANT viewer TO trail_viewer;
SET SESSION AUTHORIZATION trail_viewer;
SELECT set_config('millwright.user_id', '1', true), set_config('millwright.username', 'admin', true) \g /dev/null
SELECT is(auth.actor(), 'trail_viewer', 'settings of another login are not believed');
RESET SESSION AUTHORIZATION;

SELECT * FROM finish();
ROLLBACK;
