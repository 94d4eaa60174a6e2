CREATE OR REPLACE FUNCTION ml.purge_training(config jsonb DEFAULT '{}') RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_jobs bigint;
    v_files bigint;
BEGIN
    DELETE FROM ml.training_job AS j
    WHERE j.finished_at < clock_timestamp() - ops.setting_interval('ml.training_retention')
      -- the card of a bundle that there is stays
      AND NOT EXISTS (SELECT FROM ml.serve_ml_models AS m
                      WHERE j.state = 'succeeded'
                        AND j.bundle = concat_ws('/', m.equipment_id, m.power, m.model_version));
    GET DIAGNOSTICS v_jobs = ROW_COUNT;
    DELETE FROM ml.training_sample AS s
    USING ml.training_upload AS u, ml.training_job AS j
    WHERE u.id = s.upload_id AND j.id = u.job_id
      AND j.finished_at < clock_timestamp() - ops.setting_interval('ml.training_upload_retention');
    GET DIAGNOSTICS v_files = ROW_COUNT;
    RETURN v_jobs + v_files;
END
$$;
COMMENT ON FUNCTION ml.purge_training(jsonb) IS
    'Job: drops samples of files whose training has been over for the setting ml.training_upload_retention, and '
    'trainings that have been for ml.training_retention unless their bundle still exists. Returns how many rows.';
REVOKE ALL ON FUNCTION ml.purge_training(jsonb) FROM PUBLIC;
