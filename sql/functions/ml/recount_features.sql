CREATE OR REPLACE FUNCTION ml.recount_features(model_id bigint) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_done timestamptz;
BEGIN
    -- what was counted in the old bins cannot be compared with the new ones; ml.summarise waits for this row, too
    SELECT c.done_to INTO v_done FROM ml.clock AS c WHERE c.name = 'summary' FOR UPDATE;
    DELETE FROM ml.feature_day AS d WHERE d.model_id = recount_features.model_id;
    RETURN CASE WHEN v_done IS NULL THEN 0 ELSE ml.add_feature_days('-infinity', v_done, recount_features.model_id) END;
END
$$;
COMMENT ON FUNCTION ml.recount_features(bigint) IS
    'A model''s reference was changed: counts its stored predictions into ml.feature_day again, from the bins of the new one. Returns how many predictions.';
REVOKE ALL ON FUNCTION ml.recount_features(bigint) FROM PUBLIC;
