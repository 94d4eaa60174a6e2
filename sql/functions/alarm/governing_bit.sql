CREATE OR REPLACE FUNCTION alarm.governing_bit(severities text[], active integer) RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
    SELECT b.bit
    FROM (VALUES (alarm.bit_of('high_high'), 1), (alarm.bit_of('low_low'), 2), (alarm.bit_of('high'), 3),
                 (alarm.bit_of('low'), 4)) AS b (bit, place)
    LEFT JOIN alarm.severity AS v ON v.name = severities[alarm.bit_number(b.bit)]
    WHERE active & b.bit <> 0
    ORDER BY v.rank DESC NULLS LAST, b.place
    LIMIT 1);
COMMENT ON FUNCTION alarm.governing_bit(text[], integer) IS
    'The worst of the limits that are active (bits as in alarm.state.active); among equally severe ones the outer. '
    'severities of low_low, low, high, high_high; NULL: all alike.';
REVOKE ALL ON FUNCTION alarm.governing_bit(text[], integer) FROM PUBLIC;
