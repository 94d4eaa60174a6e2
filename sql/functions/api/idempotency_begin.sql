CREATE OR REPLACE FUNCTION api.idempotency_begin(key text, fingerprint text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_kept CONSTANT interval := INTERVAL '24 hours';
    v_owner text := api.idempotency_owner();
    v_kept api.idempotency;
BEGIN
    IF coalesce(length(key), 0) NOT BETWEEN 1 AND 255 OR coalesce(length(fingerprint), 0) NOT BETWEEN 1 AND 128 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW400', COLUMN = 'Idempotency-Key', MESSAGE = 'Idempotency-Key must have 1 to 255 characters';
    END IF;
    IF NOT ops.try_lock('api.idempotency:' || md5(v_owner || ' ' || key)) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW409', COLUMN = 'Idempotency-Key',
            MESSAGE = 'a request with this Idempotency-Key is being worked on', HINT = 'Repeat it in a moment to get its answer.';
    END IF;
    SELECT * INTO v_kept FROM api.idempotency AS i
    WHERE i.owner = v_owner AND i.key = idempotency_begin.key AND i.created_at > now() - c_kept;
    IF v_kept.key IS NULL THEN
        -- for idempotency_finish, which the same transaction calls
        PERFORM set_config('millwright.idempotency_fingerprint', fingerprint, true);
        RETURN NULL;
    END IF;
    IF v_kept.fingerprint <> idempotency_begin.fingerprint THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'Idempotency-Key',
            MESSAGE = 'this Idempotency-Key belongs to another request';
    END IF;
    RETURN jsonb_build_object('status', v_kept.status, 'body', v_kept.body);
END
$$;
COMMENT ON FUNCTION api.idempotency_begin(text, text) IS
    'Before a write that carries an Idempotency-Key: NULL means do it, else {status, body} is the answer that it got before. MW409 while the first one runs, MW422 if the key was used for something else. Fingerprint: hash over method, path and body. Called by thin inside the request''s transaction.';
REVOKE ALL ON FUNCTION api.idempotency_begin(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.idempotency_begin(text, text) TO anonymous, viewer;
