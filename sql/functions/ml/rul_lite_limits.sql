CREATE OR REPLACE FUNCTION ml.rul_lite_limits(equipment_id text, power text) RETURNS SETOF ml.rul_lite_threshold
    LANGUAGE sql STABLE ROWS 1
    -- a SQL-standard body: it needs no search_path, and is inlined where many machines are asked for
BEGIN ATOMIC
    SELECT t.*
    FROM ml.rul_lite_threshold AS t
    WHERE t.equipment_id IN ($1, '*') AND t.power IN ($2, '*')
    ORDER BY t.equipment_id = '*', t.power = '*'
    LIMIT 1;
END;
COMMENT ON FUNCTION ml.rul_lite_limits(text, text) IS
    'The row of ml.rul_lite_threshold that fits a machine and power best: machine and power, machine, power, any; no '
    'row: there is none.';
REVOKE ALL ON FUNCTION ml.rul_lite_limits(text, text) FROM PUBLIC;
