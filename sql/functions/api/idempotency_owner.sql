CREATE OR REPLACE FUNCTION api.idempotency_owner() RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce('account:' || auth.account_id(), 'address:' || auth.request_member('address'), 'login:' || session_user)
$$;
COMMENT ON FUNCTION api.idempotency_owner() IS 'Whose Idempotency-Keys are meant: two accounts may use the same key.';
REVOKE ALL ON FUNCTION api.idempotency_owner() FROM PUBLIC;
