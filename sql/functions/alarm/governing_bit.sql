CREATE OR REPLACE FUNCTION alarm.governing_bit(severities text[], active integer) RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
    SELECT b.bit
    FROM (VALUES (8, 1, 4), (1, 2, 1), (4, 3, 3), (2, 4, 2)) AS b (bit, place, number)
    LEFT JOIN alarm.severity AS v ON v.name = severities[b.number]
    WHERE active & b.bit <> 0
    ORDER BY v.rank DESC NULLS LAST, b.place
    LIMIT 1);
COMMENT ON FUNCTION alarm.governing_bit(text[], integer) IS
    'The worst of the limits that are active (bits as in alarm.state.active); among equally severe ones the outer. severities of low_low, low, high, high_high; NULL: all alike.';
REVOKE ALL ON FUNCTION alarm.governing_bit(text[], integer) FROM PUBLIC;
