CREATE OR REPLACE FUNCTION alarm.zone(
    inside boolean, low_low float8, low float8, high float8, high_high float8, deadband float8, value float8
) RETURNS integer
    -- a parsed body: names are bound now, so it needs no search_path, and the planner can inline it per sample
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN inside THEN
        alarm.as_back(alarm.bit_of('low_low') | alarm.bit_of('low') | alarm.bit_of('high_high'))
        | CASE WHEN value >= low AND value <= high THEN alarm.bit_of('high')
               WHEN value < low - deadband OR value > high + deadband THEN alarm.as_back(alarm.bit_of('high'))
               ELSE 0 END
    ELSE
        CASE WHEN value < low_low THEN alarm.bit_of('low_low')
             WHEN value >= low_low + deadband THEN alarm.as_back(alarm.bit_of('low_low')) ELSE 0 END
        | CASE WHEN value < low THEN alarm.bit_of('low')
               WHEN value >= low + deadband THEN alarm.as_back(alarm.bit_of('low')) ELSE 0 END
        | CASE WHEN value > high THEN alarm.bit_of('high')
               WHEN value <= high - deadband THEN alarm.as_back(alarm.bit_of('high')) ELSE 0 END
        | CASE WHEN value > high_high THEN alarm.bit_of('high_high')
               WHEN value <= high_high - deadband THEN alarm.as_back(alarm.bit_of('high_high')) ELSE 0 END
END;
COMMENT ON FUNCTION alarm.zone(boolean, float8, float8, float8, float8, float8, float8) IS
    'What a value says about the four limits: which it is beyond, and which it is back behind by the deadband (packed '
    'as alarm.bit_of says); neither while within the deadband. Missing limits are infinite. inside: one limit, in the '
    'place of high. The only place where a value meets a limit.';
REVOKE ALL ON FUNCTION alarm.zone(boolean, float8, float8, float8, float8, float8, float8) FROM PUBLIC;
