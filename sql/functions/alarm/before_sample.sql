CREATE OR REPLACE FUNCTION alarm.before_sample(state alarm.state, "time" timestamptz) RETURNS alarm.state
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    state.last_time := least(state.last_time, before_sample.time - INTERVAL '1 microsecond');
    RETURN state;
END
$$;
COMMENT ON FUNCTION alarm.before_sample(alarm.state, timestamptz) IS
    'A state whose clock stands just before a time, so that a sample of that time is looked at again.';
REVOKE ALL ON FUNCTION alarm.before_sample(alarm.state, timestamptz) FROM PUBLIC;
