CREATE OR REPLACE FUNCTION telemetry.end_history() RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_usual interval;
BEGIN
    SELECT l.usual_interval INTO v_usual FROM telemetry.history_lane AS l WHERE l.usual_interval IS NOT NULL FOR UPDATE;
    IF v_usual IS NOT NULL THEN
        PERFORM telemetry.set_width((extract(epoch FROM v_usual) * 1000000)::bigint);
        UPDATE telemetry.history_lane SET usual_interval = NULL;
    END IF;
END
$$;
COMMENT ON FUNCTION telemetry.end_history() IS
    'Ends telemetry.begin_history: new chunks are as wide as usual again. Without a beginning it does nothing.';
REVOKE ALL ON FUNCTION telemetry.end_history() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.end_history() TO admin;
