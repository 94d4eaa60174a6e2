CREATE OR REPLACE FUNCTION ml.summarise() RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- A transaction that stores predictions is over long before: what it received by then is there to be read.
    c_lag CONSTANT interval := INTERVAL '1 minute';
    c_step CONSTANT interval := INTERVAL '1 day';
    c_budget CONSTANT interval := INTERVAL '2 minutes';
    v_until timestamptz := clock_timestamp() - c_lag;
    v_deadline timestamptz := clock_timestamp() + c_budget;
    v_from timestamptz;
    v_to timestamptz;
    v_count bigint := 0;
BEGIN
    INSERT INTO ml.clock (name, done_to)
    SELECT 'summary', coalesce(min(p.received_at) - INTERVAL '1 microsecond', v_until) FROM ml.serve_ml_predictions AS p
    WHERE NOT EXISTS (SELECT FROM ml.clock AS c WHERE c.name = 'summary')
    ON CONFLICT (name) DO NOTHING;
    SELECT c.done_to INTO v_from FROM ml.clock AS c WHERE c.name = 'summary' FOR UPDATE;
    PERFORM ml.learn_missing_references();
    -- a loop, so that a long backlog is worked off in bounded steps over several runs
    WHILE v_from < v_until AND clock_timestamp() < v_deadline LOOP
        v_to := least(v_until, v_from + c_step);
        v_count := v_count + ml.add_feature_days(v_from, v_to);
        PERFORM ml.set_score_days(v_from, v_to);
        v_from := v_to;
    END LOOP;
    UPDATE ml.clock SET done_to = v_from WHERE name = 'summary';
    RETURN v_count;
END
$$;
COMMENT ON FUNCTION ml.summarise() IS
    'Job: learns references that are missing and adds the predictions received since its last run to ml.feature_day and ml.score_day; returns how many carried features of a model with a reference.';
REVOKE ALL ON FUNCTION ml.summarise() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.summarise() TO engineer;
