CREATE OR REPLACE FUNCTION ml.judge_regressors(spoken ml.spoken[]) RETURNS bigint[]
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_asked ml.spoken[];
BEGIN
    PERFORM ml.outcome_late(array_agg(s.equipment_id), array_agg(s.time)) FROM unnest(judge_regressors.spoken) AS s;
    -- nobody asks: most plants have no such rule
    SELECT array_agg(s) INTO v_asked
    FROM unnest(judge_regressors.spoken) AS s
    WHERE EXISTS (SELECT FROM alarm.signal AS g
                  WHERE g.equipment_id = s.equipment_id AND g.condition = 'rul_below' AND g.assigned);
    IF v_asked IS NULL THEN
        RETURN ARRAY[]::bigint[];
    END IF;
    RETURN coalesce((
        SELECT alarm.rul_estimates(array_agg(l.equipment_id), array_agg(l.time), array_agg(l.rul_hours), array_agg(
            jsonb_build_object('bundle_kind', s.bundle_kind, 'power', l.power, 'method', l.method,
                               'model_version', l.model_version)))
        FROM unnest(v_asked) AS s
        JOIN report.remaining_life AS l ON l.equipment_id = s.equipment_id AND l.method = 'bundle' AND l.power = s.power
            AND l.model_version = s.model_version AND l.time = s.time
        WHERE l.rul_hours IS NOT NULL
          -- as of verdicts: what is older than what was there before comes too late to raise or end anything
          AND NOT EXISTS (
              SELECT FROM ml.serve_ml_predictions AS o
              WHERE o.equipment_id = s.equipment_id AND o.power = s.power AND o.stage = 'champion'
                AND o.value IS NOT NULL AND o.time > s.time AND o.time <= clock_timestamp()
                AND ml.bundle_kind(o.scores, o.thresholds, o.ratio, o.value) = s.bundle_kind
                AND (o.model_version, o.time) NOT IN (
                    SELECT n.model_version, n.time FROM unnest(v_asked) AS n
                    WHERE n.equipment_id = s.equipment_id AND n.power = s.power))
        HAVING count(*) > 0), ARRAY[]::bigint[]);
END
$$;
COMMENT ON FUNCTION ml.judge_regressors(ml.spoken[]) IS
    'Lets rul_below rules judge the remaining life, in hours, that predictions just stored gave, where their bundle''s '
    'number is a time (report.remaining_life). Returns transitions for alarm.announce.';
REVOKE ALL ON FUNCTION ml.judge_regressors(ml.spoken[]) FROM PUBLIC;
