CREATE OR REPLACE FUNCTION alarm.governing_limit(signal alarm.signal, active integer, severity text DEFAULT NULL)
    RETURNS TABLE (level text, severity text, limit_value float8, rank smallint)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT b.level, coalesce($3, b.severity), b.limit_value, v.rank
    FROM (VALUES
        (8, 1, 'high_high', ($1).severities[4], ($1).high_high),
        (1, 2, 'low_low', ($1).severities[1], ($1).low_low),
        (4, 3, CASE ($1).condition WHEN 'inside' THEN 'inside' ELSE 'high' END, ($1).severities[3], ($1).high),
        (2, 4, 'low', ($1).severities[2], ($1).low)
    ) AS b (bit, place, level, severity, limit_value)
    JOIN alarm.severity AS v ON v.name = coalesce($3, b.severity)
    WHERE $2 & b.bit <> 0
    ORDER BY v.rank DESC, b.place
    LIMIT 1;
END;
COMMENT ON FUNCTION alarm.governing_limit(alarm.signal, integer, text) IS
    'The worst of the limits that are active (bits as in alarm.state.active); among equally severe ones the outer. severity overrides the limits'' own.';
REVOKE ALL ON FUNCTION alarm.governing_limit(alarm.signal, integer, text) FROM PUBLIC;
