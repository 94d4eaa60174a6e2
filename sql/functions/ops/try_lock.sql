CREATE OR REPLACE FUNCTION ops.try_lock(name text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    -- a row that another session makes at this moment is held by it, and cannot be seen yet
    c_patience CONSTANT text := '100ms';
    v_patience text := current_setting('lock_timeout');
BEGIN
    FOR v_attempt IN 1 .. 2 LOOP
        PERFORM FROM ops.mutex AS m WHERE m.name = try_lock.name FOR UPDATE SKIP LOCKED;
        IF FOUND THEN
            RETURN true;
        ELSIF EXISTS (SELECT FROM ops.mutex AS m WHERE m.name = try_lock.name) THEN
            RETURN false;
        END IF;
        BEGIN
            PERFORM set_config('lock_timeout', c_patience, true);
            INSERT INTO ops.mutex (name) VALUES (try_lock.name) ON CONFLICT DO NOTHING;
            PERFORM set_config('lock_timeout', v_patience, true);
        EXCEPTION WHEN lock_not_available THEN
            RETURN false;
        END;
    END LOOP;
    RETURN false;
END
$$;
COMMENT ON FUNCTION ops.try_lock(text) IS
    'Takes a row of ops.mutex until the transaction ends, if nobody else has it: true, else false at once.';
REVOKE ALL ON FUNCTION ops.try_lock(text) FROM PUBLIC;
