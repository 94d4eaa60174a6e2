CREATE OR REPLACE FUNCTION auth.purge_expired() RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_step CONSTANT integer := 10000; -- rows of one kind a call, so that one call stays short
    c_sessions_kept CONSTANT interval := INTERVAL '30 days';
    c_devices_kept CONSTANT interval := INTERVAL '180 days'; -- since their last use
    c_keys_kept CONSTANT interval := INTERVAL '90 days';
    c_most_throttles CONSTANT integer := 100000;
    c_answers_kept CONSTANT interval := INTERVAL '24 hours';
    v_count integer;
    v_total integer := 0;
BEGIN
    DELETE FROM auth.ws_ticket WHERE ticket_hash IN (
        SELECT ticket_hash FROM auth.ws_ticket WHERE expires_at < now() LIMIT c_step);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    v_total := v_total + v_count;
    DELETE FROM auth.session WHERE id IN (
        SELECT id FROM auth.session WHERE expires_at < now() - c_sessions_kept LIMIT c_step);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    v_total := v_total + v_count;
    DELETE FROM auth.login_throttle WHERE subject IN (
        SELECT subject FROM auth.login_throttle WHERE last_failed_at < now() - auth.throttle_memory() LIMIT c_step);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    v_total := v_total + v_count;
    DELETE FROM auth.login_throttle WHERE subject IN (
        SELECT subject FROM auth.login_throttle ORDER BY last_failed_at DESC OFFSET c_most_throttles LIMIT c_step);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    v_total := v_total + v_count;
    DELETE FROM auth.device WHERE token_hash IN (
        SELECT token_hash FROM auth.device WHERE last_used_at < now() - c_devices_kept LIMIT c_step);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    v_total := v_total + v_count;
    DELETE FROM auth.api_key WHERE id IN (
        SELECT id FROM auth.api_key WHERE least(revoked_at, expires_at) < now() - c_keys_kept LIMIT c_step);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    v_total := v_total + v_count;
    DELETE FROM api.idempotency WHERE (owner, key) IN (
        SELECT owner, key FROM api.idempotency WHERE created_at < now() - c_answers_kept LIMIT c_step);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    v_total := v_total + v_count;
    DELETE FROM auth.audit_entry WHERE id IN (
        SELECT id FROM auth.audit_entry
        WHERE occurred_at < now() - make_interval(days => ops.setting_int('auth.audit_retention_days'))
        ORDER BY occurred_at LIMIT c_step);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_total + v_count;
END
$$;
COMMENT ON FUNCTION auth.purge_expired() IS
    'Deletes tickets, sessions, throttles, devices, keys, kept answers and audit entries that are past their time, at most 10,000 of each a call. Returns how many rows. A job of ops calls it.';
REVOKE ALL ON FUNCTION auth.purge_expired() FROM PUBLIC;
