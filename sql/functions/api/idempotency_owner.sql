CREATE OR REPLACE FUNCTION api.idempotency_owner() RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- callers have the right because thin is in their role while it serves them; in psql it would fill the disk with answers of any size
    IF NOT auth.may_act_for_others() THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'only thin keeps answers for Idempotency-Keys';
    END IF;
    RETURN coalesce('account:' || auth.account_id(), 'address:' || auth.request_member('address'), 'login:' || session_user);
END
$$;
COMMENT ON FUNCTION api.idempotency_owner() IS
    'Whose Idempotency-Keys are meant: two accounts may use the same key. 42501 in a session that does not serve requests.';
REVOKE ALL ON FUNCTION api.idempotency_owner() FROM PUBLIC;
