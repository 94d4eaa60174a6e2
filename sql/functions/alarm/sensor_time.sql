CREATE OR REPLACE FUNCTION alarm.sensor_time(
    "now" timestamptz, "time" timestamptz, received_at timestamptz, burst interval, longest_burst interval
) RETURNS timestamptz
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN received_at IS NULL OR NOT isfinite("time") THEN "now"
            -- the next upload is not due yet: what it will bring is not known to be silence
            WHEN "now" >= received_at
                 AND "now" < alarm.fires_at("time", "time", received_at, burst, longest_burst) THEN "time"
            -- a moment from before it arrived (alarm.tick_grace): what belongs to it may still be on its way
            ELSE "time" + ("now" - received_at) END;
COMMENT ON FUNCTION alarm.sensor_time(timestamptz, timestamptz, timestamptz, interval, interval) IS
    'How far a sensor''s own time has come at a moment of ours, as far as its points are in: its newest point''s time, '
    'and what passed since it arrived; a moment before that lies as much before it. time, received_at, burst: of '
    'telemetry.latest. A sensor that never spoke: our time.';
REVOKE ALL ON FUNCTION alarm.sensor_time(timestamptz, timestamptz, timestamptz, interval, interval) FROM PUBLIC;
