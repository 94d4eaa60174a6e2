CREATE OR REPLACE FUNCTION alarm.story(machine alarm.signal, outcome alarm.outcome, severity text DEFAULT NULL)
    RETURNS TABLE (ordinal bigint, "time" timestamptz, kind text, level text, severity text, rank smallint,
                   limit_value float8,
                   value float8, peak float8, chatter_started boolean, chattering boolean, cleared boolean,
                   occurrence bigint)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 4
BEGIN ATOMIC
    SELECT e.ordinal, e.time, e.kind, e.level, e.severity, e.rank, e.limit_value, e.value, e.peak, e.chatter_started,
           e.chattering,
           e.cleared, e.occurrence
    FROM alarm.stories(ARRAY[$1], ARRAY[$2], $3) AS e;
END;
COMMENT ON FUNCTION alarm.story(alarm.signal, alarm.outcome, text) IS
    'alarm.stories for one outcome: for backtest and rule tests.';
REVOKE ALL ON FUNCTION alarm.story(alarm.signal, alarm.outcome, text) FROM PUBLIC;
