CREATE OR REPLACE FUNCTION alarm.fires_at(
    due timestamptz, "time" timestamptz, received_at timestamptz, burst interval, longest_burst interval
) RETURNS timestamptz
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN received_at IS NULL OR NOT isfinite("time") THEN due
            ELSE received_at + greatest(due - "time", CASE
                     WHEN burst > longest_burst THEN longest_burst
                     -- from the last point of one upload to the next upload is a little more than the points span
                     ELSE burst * 1.1
                 END) END;
COMMENT ON FUNCTION alarm.fires_at(timestamptz, timestamptz, timestamptz, interval, interval) IS
    'When, on our clock, a timer that is due on a sensor''s clock may fire without a sample: as long after the newest '
    'sample''s arrival as it is due after that sample, and not before the sensor''s next upload is due. time, '
    'received_at, burst: of telemetry.latest. A sensor that never spoke: as due.';
REVOKE ALL ON FUNCTION alarm.fires_at(timestamptz, timestamptz, timestamptz, interval, interval) FROM PUBLIC;
