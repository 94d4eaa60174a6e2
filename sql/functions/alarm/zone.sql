CREATE OR REPLACE FUNCTION alarm.zone(
    inside boolean, low_low float8, low float8, high float8, high_high float8, deadband float8, value float8
) RETURNS integer
    -- a parsed body: names are bound now, so it needs no search_path, and the planner can inline it per sample
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN inside THEN
        176 + CASE WHEN value >= low AND value <= high THEN 4
                   WHEN value < low - deadband OR value > high + deadband THEN 64
                   ELSE 0 END
    ELSE
        CASE WHEN value < low_low THEN 1 WHEN value >= low_low + deadband THEN 16 ELSE 0 END
        + CASE WHEN value < low THEN 2 WHEN value >= low + deadband THEN 32 ELSE 0 END
        + CASE WHEN value > high THEN 4 WHEN value <= high - deadband THEN 64 ELSE 0 END
        + CASE WHEN value > high_high THEN 8 WHEN value <= high_high - deadband THEN 128 ELSE 0 END
END;
COMMENT ON FUNCTION alarm.zone(boolean, float8, float8, float8, float8, float8, float8) IS
    'What a value says about the four limits: bits 1, 2, 4, 8 beyond low_low, low, high, high_high; bits 16, 32, 64, 128 back on their good side by the deadband; neither while within the deadband. Missing limits are infinite. inside: one limit, in the place of high. The only place where a value meets a limit.';
REVOKE ALL ON FUNCTION alarm.zone(boolean, float8, float8, float8, float8, float8, float8) FROM PUBLIC;
