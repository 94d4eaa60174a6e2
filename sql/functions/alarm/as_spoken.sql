CREATE OR REPLACE FUNCTION alarm.as_spoken(signal alarm.signal, bundle_kind text, power text) RETURNS alarm.signal
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    signal.bundle_kind := as_spoken.bundle_kind;
    signal.power := as_spoken.power;
    RETURN signal;
END
$$;
COMMENT ON FUNCTION alarm.as_spoken(alarm.signal, text, text) IS
    'The signal by which a rule watches a machine, for what one kind of bundle of one power says of it.';
REVOKE ALL ON FUNCTION alarm.as_spoken(alarm.signal, text, text) FROM PUBLIC;
