CREATE OR REPLACE FUNCTION ml.conformal_fit() RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_level CONSTANT float8 := 0.8;    -- of the intervals
    c_rounding CONSTANT float8 := 1e-9; -- of a sum of shares
    c_same CONSTANT float8 := 0.005;   -- a shift that differs by less (half a per cent of the hours) is the same
    v_least CONSTANT integer := ops.setting_int('ml.conformal_lives');
    v_window CONSTANT integer := ops.setting_int('ml.conformal_window');
    v_kept CONSTANT timestamptz := now() - ops.setting_interval('ml.outcome_retention');
    v_changed integer;
BEGIN
    PERFORM ops.lock('ml.outcome_judge');
    WITH life AS MATERIALIZED (
        -- a method's last lives that ended by failure, of each type of machine
        SELECT l.*
        FROM (
            SELECT o.method, d.equipment_type, d.equipment_id, d.ended_at, count(*) AS estimates,
                   row_number() OVER (PARTITION BY o.method, d.equipment_type
                                      ORDER BY d.ended_at DESC, d.equipment_id) AS place
            FROM ml.rul_ended AS d
            JOIN ml.rul_outcome AS o ON o.equipment_id = d.equipment_id AND o.ended_at = d.ended_at
            WHERE d.reason = 'failed'
            GROUP BY o.method, d.equipment_type, d.equipment_id, d.ended_at
        ) AS l
        WHERE l.place <= v_window
    ), scored AS (
        SELECT l.method, l.equipment_type, o.equipment_id, o.ended_at, l.estimates, s.score,
               o.lower_hours IS NOT NULL AND s.score <= 0 AS is_held
        FROM life AS l
        JOIN ml.rul_outcome AS o ON o.equipment_id = l.equipment_id AND o.ended_at = l.ended_at AND o.method = l.method
        CROSS JOIN LATERAL (
            SELECT ml.conformal_score(o.rul_hours, o.lower_hours, o.upper_hours, least(o.actual_hours, o.cap_hours))
                       AS score
        ) AS s
    ), weighed AS (
        -- Each of K lives has the weight 1 / (K + 1), shared among its estimates; the rest is the next life's, which
        -- may be as bad as can be. With one estimate a life this is the ceil((K + 1) * 0.8)th smallest score.
        SELECT s.*, n.lives,
               sum(1.0 / ((n.lives + 1) * s.estimates)) OVER (PARTITION BY s.method, s.equipment_type
                   ORDER BY s.score, s.equipment_id, s.ended_at ROWS UNBOUNDED PRECEDING) AS weight
        FROM scored AS s
        JOIN (SELECT l.method, l.equipment_type, count(*) AS lives FROM life AS l GROUP BY 1, 2) AS n
            USING (method, equipment_type)
    ), fit AS (
        SELECT w.method, w.equipment_type, w.lives, count(*) AS estimates,
               sum(1.0 / (w.lives * w.estimates)) FILTER (WHERE w.is_held) AS held,
               min(w.score) FILTER (WHERE w.weight >= c_level - c_rounding) AS shift
        FROM weighed AS w
        GROUP BY w.method, w.equipment_type, w.lives
    ), fresh AS (
        SELECT f.method, f.equipment_type, f.lives, f.estimates, least(coalesce(f.held, 0), 1) AS held,
               CASE WHEN f.lives >= v_least THEN least(greatest(f.shift, -50), 50) END AS shift,
               CASE WHEN f.lives < v_least THEN format('%s lives have ended by failure, %s are needed (setting '
                        'ml.conformal_lives)', f.lives, v_least)
                    WHEN f.shift IS NULL THEN 'with so few lives no interval holds 80 %' END AS reason
        FROM fit AS f
        UNION ALL
        -- whose lives were taken back, or are too old
        SELECT c.method, c.equipment_type, 0, 0, NULL, NULL, 'no life that ended by failure is known any more'
        FROM (SELECT DISTINCT x.method, x.equipment_type FROM ml.rul_correction AS x) AS c
        WHERE NOT EXISTS (SELECT FROM fit AS f WHERE f.method = c.method AND f.equipment_type = c.equipment_type)
    )
    INSERT INTO ml.rul_correction (method, equipment_type, valid_from, shift, lives, estimates, raw_coverage, reason)
    SELECT f.method, f.equipment_type, clock_timestamp(), f.shift, f.lives, f.estimates, f.held, f.reason
    FROM fresh AS f
    LEFT JOIN LATERAL (
        SELECT c.* FROM ml.rul_correction AS c
        WHERE c.method = f.method AND c.equipment_type = f.equipment_type
        ORDER BY c.valid_from DESC LIMIT 1
    ) AS c ON true
    WHERE c.method IS NULL OR c.reason IS DISTINCT FROM f.reason OR abs(c.shift - f.shift) > c_same;
    GET DIAGNOSTICS v_changed = ROW_COUNT;
    -- what no estimate that is kept was told with
    DELETE FROM ml.rul_correction AS c
    WHERE EXISTS (SELECT FROM ml.rul_correction AS n
                  WHERE n.method = c.method AND n.equipment_type = c.equipment_type
                    AND n.valid_from > c.valid_from AND n.valid_from < v_kept);
    RETURN v_changed;
END
$$;
COMMENT ON FUNCTION ml.conformal_fit() IS
    'Learns from outcomes (ml.rul_outcome) by how much each method''s 80 % intervals must be wider, or may be '
    'narrower, to hold 80 % of the lives of the next machine of a type (split conformal prediction over lives, not '
    'estimates: those of one life are alike). Of the last ml.conformal_window lives that ended by failure, if there '
    'are ml.conformal_lives; else no correction, and the reason is kept. A correction that differs is a new row of '
    'ml.rul_correction. Returns how many there are. Called by the job ml.judge_outcomes.';
REVOKE ALL ON FUNCTION ml.conformal_fit() FROM PUBLIC;
