-- Answers for Idempotency-Keys are kept by thin: a login of its own would fill the disk with them, and the locks with rows.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
CREATE ROLE idem_viewer;
CREATE ROLE idem_engineer;
GRANT viewer TO idem_viewer;
GRANT engineer TO idem_engineer;
CREATE FUNCTION pg_temp.try(login text, role text, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('session_authorization', login, true), set_config('role', role, true);
    EXECUTE statement;
    RAISE EXCEPTION USING ERRCODE = 'MW200', MESSAGE = 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
SELECT set_config('millwright.idempotency_fingerprint', 'f', true) \g /dev/null
SELECT is(pg_temp.try(l, 'none', s), '42501', l || ': ' || s)
FROM unnest('{idem_viewer,idem_engineer}'::text[]) AS l,
     unnest(ARRAY['SELECT api.idempotency_begin(''k'', ''f'')', 'SELECT api.idempotency_finish(''k'', 200, to_jsonb(repeat(''x'', 1000)))']) AS s;
SELECT is(pg_temp.try('thin', r, 'SELECT api.idempotency_begin(''k'', ''f''), api.idempotency_finish(''k'', 200, ''{}'')'), 'MW200', 'thin as ' || r) FROM unnest('{anonymous,viewer,admin}'::text[]) AS r;
SELECT * FROM finish();
ROLLBACK;
