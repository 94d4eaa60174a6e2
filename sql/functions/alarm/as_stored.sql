CREATE OR REPLACE FUNCTION alarm.as_stored(signal alarm.signal, id bigint, fresh boolean) RETURNS alarm.signal
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    signal.id := as_stored.id;
    signal.fresh := as_stored.fresh;
    RETURN signal;
END
$$;
COMMENT ON FUNCTION alarm.as_stored(alarm.signal, bigint, boolean) IS
    'A compiled signal with the two columns that belong to its row and not to the rule. Part of alarm.assign.';
REVOKE ALL ON FUNCTION alarm.as_stored(alarm.signal, bigint, boolean) FROM PUBLIC;
