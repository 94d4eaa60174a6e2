CREATE OR REPLACE FUNCTION ml.adapt_thresholds("now" timestamptz DEFAULT clock_timestamp()) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_from timestamptz := adapt_thresholds.now - ops.setting_interval('ml.threshold_window');
    v_mode text := ops.setting_text('ml.threshold_mode');
    v_step float8 := ops.setting_float('ml.threshold_step');
    v_least float8 := ops.setting_float('ml.threshold_least');
    v_most float8 := ops.setting_float('ml.threshold_most');
    -- what lies nearer is no change
    c_smallest CONSTANT float8 := 0.01;
    -- factors tried from the least to the greatest that a step reaches
    c_tried CONSTANT integer := 41;
    v_key record;
    v_found record;
    v_changed integer := 0;
BEGIN
    IF NOT ops.try_lock('ml.adapt_thresholds') THEN
        RETURN NULL;
    END IF;
    -- A loop over models that may be moved: each looks at its own predictions, and its change is a row of its own.
    FOR v_key IN
        WITH assessed AS (
            SELECT a.equipment_id, a.data ->> 'power' AS power, a.data ->> 'bundle_kind' AS bundle_kind, count(*) AS n
            FROM alarm.alarm AS a
            WHERE a.condition = 'model_verdict' AND a.raised_at >= v_from AND a.raised_at < adapt_thresholds.now
              AND EXISTS (SELECT FROM alarm.feedback AS f WHERE f.alarm_id = a.id)
            GROUP BY 1, 2, 3
        ), model AS (
            SELECT s.equipment_id, s.power, s.bundle_kind FROM assessed AS s
            UNION
            -- all that speak, where all or these machines are asked for
            SELECT p.equipment_id, p.power, ml.bundle_kind(p.scores, p.thresholds, p.ratio, p.value)
            FROM ml.serve_ml_predictions AS p
            WHERE p.stage = 'champion' AND p.time >= v_from AND p.time < adapt_thresholds.now
              AND (v_mode = 'on' OR p.equipment_id IN (SELECT y.equipment_id FROM ml.threshold_policy AS y
                                                       WHERE y.enabled))
        )
        SELECT m.*, coalesce(l.factor, 1) AS factor,
               coalesce(y.target_per_week, ops.setting_float('ml.threshold_target')) AS target
        FROM model AS m
        LEFT JOIN assessed AS s ON s.equipment_id = m.equipment_id AND s.power = m.power
            AND s.bundle_kind = m.bundle_kind
        LEFT JOIN LATERAL (
            SELECT v.factor, v.set_at FROM ml.threshold_version AS v
            WHERE v.equipment_id = m.equipment_id AND v.power = m.power AND v.bundle_kind = m.bundle_kind
            ORDER BY v.version DESC LIMIT 1) AS l ON true
        LEFT JOIN LATERAL (
            SELECT p.enabled, p.target_per_week FROM ml.threshold_policy AS p
            WHERE p.equipment_id = m.equipment_id AND p.power IN (m.power, '*')
              AND p.bundle_kind IN (m.bundle_kind, '*')
            ORDER BY p.power = '*', p.bundle_kind = '*' LIMIT 1) AS y ON true
        WHERE m.bundle_kind IS NOT NULL
          AND coalesce(y.enabled, v_mode = 'on' OR v_mode = 'feedback'
                       AND s.n >= ops.setting_int('ml.threshold_feedbacks'))
          AND (l.set_at > adapt_thresholds.now - ops.setting_interval('ml.threshold_every')) IS NOT TRUE
        ORDER BY m.equipment_id, m.power, m.bundle_kind
    LOOP
        WITH reach AS MATERIALIZED (
            -- no farther than a step, also where the bounds moved
            SELECT greatest(v_key.factor / v_step, least(v_least, v_key.factor * v_step)) AS low,
                   least(v_key.factor * v_step, greatest(v_most, v_key.factor / v_step)) AS high
        ), tried AS MATERIALIZED (
            SELECT b.*
            FROM (
                SELECT array_agg(DISTINCT f.factor) AS factors
                FROM reach AS r
                CROSS JOIN LATERAL (
                    SELECT r.low * (r.high / r.low) ^ (i / (c_tried - 1)::float8) AS factor
                    FROM generate_series(0, c_tried - 1) AS i
                    UNION ALL SELECT v_key.factor) AS f
            ) AS f
            CROSS JOIN LATERAL ml.threshold_backtest(v_key.equipment_id, v_key.power, v_key.bundle_kind, v_from,
                                                     adapt_thresholds.now, f.factors) AS b
        ), allowed AS (
            -- never so high that a fault that the model does find is silenced; where the threshold is there already, as
            -- far down as a step reaches
            SELECT t.* FROM tried AS t
            WHERE (t.factor >= t.highest) IS NOT TRUE OR t.factor = (SELECT min(x.factor) FROM tried AS x)
        ), chosen AS (
            -- the most sensitive one that keeps the target; else the least sensitive one
            SELECT a.* FROM allowed AS a
            ORDER BY a.false_per_week > v_key.target,
                     CASE WHEN a.false_per_week > v_key.target THEN -a.factor ELSE a.factor END
            LIMIT 1
        )
        SELECT c.factor, c.weeks,
               jsonb_build_object(
                   'from', alarm.iso_time(v_from), 'to', alarm.iso_time(adapt_thresholds.now),
                   'target_per_week', v_key.target, 'predictions', c.predictions, 'weeks', c.weeks,
                   'highest', c.highest, 'unassessed_share', c.unassessed_share,
                   'before', (SELECT to_jsonb(t) - '{predictions,weeks,highest,unassessed_share}'::text[]
                              FROM tried AS t WHERE t.factor = v_key.factor),
                   'after', to_jsonb(c) - '{predictions,weeks,highest,unassessed_share}'::text[]) AS backtest
        INTO v_found
        FROM chosen AS c;
        CONTINUE WHEN v_found.factor IS NULL OR v_found.weeks IS NULL
            OR v_found.weeks * INTERVAL '7 days' < ops.setting_interval('ml.threshold_minimum')
            OR abs(ln(v_found.factor / v_key.factor)) < c_smallest;
        PERFORM ml.move_threshold(v_key.equipment_id, v_key.power, v_key.bundle_kind, v_found.factor,
            format('%s false alarms a week before, %s after, target %s',
                   round((v_found.backtest #>> '{before,false_per_week}')::numeric, 2),
                   round((v_found.backtest #>> '{after,false_per_week}')::numeric, 2), v_key.target),
            'ml.adapt_thresholds', v_found.backtest);
        v_changed := v_changed + 1;
    END LOOP;
    RETURN v_changed;
END
$$;
COMMENT ON FUNCTION ml.adapt_thresholds(timestamptz) IS
    'Moves the thresholds of models toward the target of false alarms a week (setting ml.threshold_target), for those '
    'that may be (ml.threshold_mode, ml.threshold_policy): to the most sensitive factor within a step '
    '(ml.threshold_step) and the bounds (ml.threshold_least, ml.threshold_most) at which the predictions of the last '
    'ml.threshold_window would have kept it, but never so high that a labelled fault that the model finds would be '
    'silenced. What that rests on is kept with the change (ml.threshold_version.backtest); ml.undo_threshold takes it '
    'back. Job. Returns how many were moved; NULL: another session is at it.';
REVOKE ALL ON FUNCTION ml.adapt_thresholds(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.adapt_thresholds(timestamptz) TO engineer;
