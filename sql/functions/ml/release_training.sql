CREATE OR REPLACE FUNCTION ml.release_training(id bigint) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_open text;
    v_unpaired text;
    v_normal bigint;
BEGIN
    PERFORM ml.receiving_training(release_training.id);
    SELECT min(u.name) FILTER (WHERE NOT u.is_complete),
           count(*) FILTER (WHERE u.role LIKE 'normal%' OR u.role = 'data')
    INTO v_open, v_normal
    FROM ml.training_upload AS u WHERE u.job_id = release_training.id;
    -- two modalities of one recording: the n-th file of the one belongs to the n-th of the other
    SELECT min(p.what || '_vibration_files') INTO v_unpaired
    FROM (
        SELECT split_part(u.role, '_', 1) AS what, count(*) FILTER (WHERE u.role LIKE '%current') AS currents,
               count(*) FILTER (WHERE u.role LIKE '%vibration') AS vibrations
        FROM ml.training_upload AS u
        WHERE u.job_id = release_training.id AND u.role <> 'data' GROUP BY 1
    ) AS p
    WHERE p.currents > 0 AND p.vibrations > 0 AND p.currents <> p.vibrations;
    IF v_open IS NOT NULL THEN
        PERFORM alarm.refuse('MW409', 'job_id', format('%s is not complete', v_open));
    ELSIF v_normal = 0 THEN
        PERFORM alarm.refuse('MW422', 'normal_current_files',
            'normal_current_files or normal_vibration_files must have a file: what is normal is learned from them');
    ELSIF v_unpaired IS NOT NULL THEN
        PERFORM alarm.refuse('MW422', v_unpaired, format('%s must have as many files as %s: the n-th belong together',
            v_unpaired, replace(v_unpaired, 'vibration', 'current')));
    END IF;
    UPDATE ml.training_job AS j SET state = 'queued', touched_at = clock_timestamp() WHERE j.id = release_training.id;
END
$$;
COMMENT ON FUNCTION ml.release_training(bigint) IS
    'All files of a training are there: a worker may have it. MW404, MW409: not as it stands. MW422: there is no file '
    'of normal data, or current and vibration are not as many.';
REVOKE ALL ON FUNCTION ml.release_training(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.release_training(bigint) TO engineer, thin;
