CREATE OR REPLACE FUNCTION api.idempotency_finish(key text, status integer, body jsonb) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO api.idempotency (owner, key, fingerprint, status, body)
    VALUES (api.idempotency_owner(), $1, current_setting('millwright.idempotency_fingerprint'), $2, $3)
    ON CONFLICT (owner, key) DO UPDATE SET
        fingerprint = excluded.fingerprint, status = excluded.status, body = excluded.body, created_at = now()
$$;
COMMENT ON FUNCTION api.idempotency_finish(text, integer, jsonb) IS
    'Keeps the answer of a write for 24 hours, in its own transaction: answer and effect are there together or not at all. Called by thin after idempotency_begin returned NULL.';
REVOKE ALL ON FUNCTION api.idempotency_finish(text, integer, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.idempotency_finish(text, integer, jsonb) TO anonymous, viewer;
