CREATE OR REPLACE FUNCTION ml.purge_predictions() RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- what the summary has not seen yet must stay, and a chunk is a week
    c_shortest CONSTANT interval := INTERVAL '7 days';
    v_keep interval := greatest(ops.setting_interval('ml.prediction_retention'), c_shortest);
    v_keep_features interval := greatest(ops.setting_interval('ml.feature_retention'), c_shortest);
    v_keep_days interval := ops.setting_interval('ml.summary_retention');
    v_summarised timestamptz;
    v_from timestamptz;
    v_to timestamptz;
    v_chunks integer := 0;
    v_emptied bigint := 0;
    v_days bigint := 0;
BEGIN
    SELECT c.done_to INTO v_summarised FROM ml.clock AS c WHERE c.name = 'summary';
    IF v_summarised IS NULL OR v_summarised < clock_timestamp() - c_shortest THEN
        RETURN 'waits for ml.summarise';
    END IF;
    -- greatest() above passes over null, which keeps for ever
    IF ops.setting_interval('ml.prediction_retention') IS NOT NULL THEN
        SELECT count(*) INTO v_chunks FROM public.drop_chunks('ml.serve_ml_predictions', older_than => clock_timestamp() - v_keep);
    END IF;
    IF ops.setting_interval('ml.feature_retention') IS NOT NULL THEN
        v_to := clock_timestamp() - v_keep_features;
        -- from where the last run ended: old chunks are not read again each day
        SELECT c.done_to INTO v_from FROM ml.clock AS c WHERE c.name = 'features_dropped';
        UPDATE ml.serve_ml_predictions AS p SET features = NULL
        WHERE p.time >= coalesce(v_from, '-infinity') AND p.time < v_to AND p.features IS NOT NULL;
        GET DIAGNOSTICS v_emptied = ROW_COUNT;
        INSERT INTO ml.clock AS c (name, done_to) VALUES ('features_dropped', v_to)
        ON CONFLICT (name) DO UPDATE SET done_to = greatest(c.done_to, excluded.done_to);
    END IF;
    IF v_keep_days IS NOT NULL THEN
        WITH gone AS (DELETE FROM ml.feature_day AS d WHERE d.day < (clock_timestamp() - v_keep_days)::date RETURNING 1)
        SELECT count(*) INTO v_days FROM gone;
    END IF;
    RETURN format('%s chunks dropped, %s predictions without features, %s rows of ml.feature_day removed', v_chunks, v_emptied, v_days);
END
$$;
COMMENT ON FUNCTION ml.purge_predictions() IS
    'Job: drops predictions, their features alone, and days of ml.feature_day that are older than the settings ml.prediction_retention, ml.feature_retention and ml.summary_retention (null: kept for ever; the first two at least 7 days), never what ml.summarise has not read.';
REVOKE ALL ON FUNCTION ml.purge_predictions() FROM PUBLIC;
