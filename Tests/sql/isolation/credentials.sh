# Log-ins and keys that are made while the password changes or a key is revoked: nothing slips through between look and deed.
# shellcheck shell=bash

sql "UPDATE ops.setting SET value = '4' WHERE name = 'auth.bcrypt_cost';
SELECT auth.create_account('race', 'race@example.com', 'the-old-password', NULL, 'operator');
INSERT INTO auth.session (account_id, expires_at) SELECT id, now() + INTERVAL '1 day' FROM auth.account WHERE username = 'race';
CREATE FUNCTION public.race_begin() RETURNS text LANGUAGE sql AS \$\$
    SELECT auth.begin_request(jsonb_build_object('user_id', a.id, 'session_id', s.id, 'role', a.role))
    FROM auth.account AS a JOIN auth.session AS s ON s.account_id = a.id WHERE a.username = 'race' ORDER BY s.created_at LIMIT 1 \$\$;
CREATE FUNCTION public.race_key(parent text) RETURNS text LANGUAGE plpgsql AS \$\$
BEGIN
    PERFORM auth.begin_request(jsonb_build_object('user_id', k.account_id, 'api_key_id', k.id, 'role', k.role)) FROM auth.api_key AS k WHERE k.name = parent;
    PERFORM set_config('role', 'operator', true);
    PERFORM api.create_api_key('child of ' || parent, 'operator');
    RESET ROLE;
    RETURN 'made';
EXCEPTION WHEN OTHERS THEN
    RESET ROLE;
    RETURN SQLSTATE;
END \$\$;
CREATE FUNCTION public.race_make(name text) RETURNS text LANGUAGE plpgsql AS \$\$
BEGIN
    PERFORM public.race_begin();
    PERFORM set_config('role', 'operator', true);
    PERFORM api.create_api_key(name, 'operator');
    RESET ROLE;
    RETURN 'made';
EXCEPTION WHEN OTHERS THEN
    RESET ROLE;
    RETURN SQLSTATE;
END \$\$;
SELECT public.race_make('root')" >/dev/null

open one
open two

# a child that is being made while its parent is revoked
step one "BEGIN; SELECT public.race_key('root');"
send two "BEGIN; SELECT public.race_begin(); SELECT api.revoke_api_key((SELECT id FROM auth.api_key WHERE name = 'root')); COMMIT;"
sleep 0.3
step one "COMMIT;"
ended two
is "a child that was being made ends with its parent" "$(sql "SELECT count(*), count(revoked_at) FROM auth.api_key WHERE name LIKE '%root'")" "2|2"
# the other way round
sql "SELECT public.race_make('second')" >/dev/null
step two "BEGIN; SELECT public.race_begin(); SELECT api.revoke_api_key((SELECT id FROM auth.api_key WHERE name = 'second'));"
send one "SELECT 'child: ' || public.race_key('second');"
sleep 0.3
step two "COMMIT;"
ended one
is "a revoked key makes no child" "$(output one | grep child:)" "child: MW401"

# a key and a log-in while the password changes
sql "SELECT public.race_make('third')" >/dev/null
step two "BEGIN; UPDATE auth.account SET password_hash = auth.hash_password('the-new-password'), password_changed_at = clock_timestamp() WHERE username = 'race';"
send one "SELECT 'login: ' || coalesce(api.login('the-old-password', 'race') -> 'mw_refusal' ->> 'code', 'in');"
open three
send three "SELECT 'key: ' || public.race_key('third');"
sleep 0.5
step two "COMMIT;"
ended one
ended three
is "the old password opens nothing that the change did not see" "$(output one | grep login:)" "login: MW401"
is "nor does a key that ends with it make another" "$(output three | grep key:)" "key: MW401"
is "so that nothing is left" "$(sql "SELECT (SELECT count(*) FROM auth.session AS s JOIN auth.account AS a ON a.id = s.account_id WHERE a.username = 'race' AND s.revoked_at IS NULL),
    (SELECT count(*) FROM auth.api_key AS k JOIN auth.account AS a ON a.id = k.account_id WHERE a.username = 'race' AND k.revoked_at IS NULL)")" "0|0"
