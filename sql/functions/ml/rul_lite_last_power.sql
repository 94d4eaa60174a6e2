CREATE OR REPLACE FUNCTION ml.rul_lite_last_power(equipment_id text) RETURNS TABLE (power text)
    LANGUAGE sql STABLE ROWS 1
    -- a SQL-standard body: it needs no search_path, and is inlined where many machines are asked for
BEGIN ATOMIC
    SELECT coalesce(
        (SELECT s.power FROM ml.rul_lite_state AS s WHERE s.equipment_id = $1 ORDER BY s.time DESC, s.power LIMIT 1),
        -- it never ticked: the one power that it has thresholds for, if there is but one
        (SELECT min(t.power) FROM ml.rul_lite_threshold AS t WHERE t.equipment_id = $1 HAVING count(*) = 1), '*');
END;
COMMENT ON FUNCTION ml.rul_lite_last_power(text) IS
    'The power that a machine last ticked with in RUL-lite; if it never did, the one power that it has thresholds for; '
    '*, '
    'if there is none or are several.';
REVOKE ALL ON FUNCTION ml.rul_lite_last_power(text) FROM PUBLIC;
