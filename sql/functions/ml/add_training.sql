CREATE OR REPLACE FUNCTION ml.add_training(kind text, spec jsonb, state text, actor text) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
    c_retry_seconds CONSTANT text := '60';
    v_id bigint;
    v_folder text;
    v_version text;
    v_bundle text;
BEGIN
    -- two at once would both see one free place, and both be named alike
    PERFORM ops.lock('ml.training');
    IF (SELECT count(*) FROM ml.training_job AS j WHERE j.state IN ('receiving', 'queued', 'running'))
        >= ops.setting_int('ml.training_queue') THEN
        RAISE EXCEPTION USING ERRCODE = 'MW429', MESSAGE = 'too many trainings wait', DETAIL = c_retry_seconds,
            HINT = 'The setting ml.training_queue says how many may.';
    END IF;
    v_id := nextval(pg_get_serial_sequence('ml.training_job', 'id'));
    v_version := coalesce(add_training.spec ->> 'model_version', to_char(clock_timestamp(), '"t"YYYYMMDD-') || v_id);
    -- what a type's bundle is called must not be what a machine's is: no machine's name begins with an underscore
    v_folder := coalesce(add_training.spec ->> 'equipment_id',
        left('_' || regexp_replace(add_training.spec ->> 'equipment_type', '[^[:alnum:]_.:-]', '_', 'g'), 64));
    v_bundle := concat_ws('/', v_folder, add_training.spec ->> 'power', v_version);
    IF EXISTS (SELECT FROM ml.serve_ml_models AS m
               WHERE m.equipment_id = v_folder AND m.power = add_training.spec ->> 'power'
                 AND m.model_version = v_version)
        OR EXISTS (SELECT FROM ml.training_job AS j
                   WHERE j.bundle = v_bundle AND j.state NOT IN ('failed', 'cancelled')) THEN
        PERFORM alarm.refuse('MW409', 'model_version', format('there is a bundle %s already', v_bundle),
            'Name another version, or none.');
    END IF;
    INSERT INTO ml.training_job (id, kind, spec, state, max_attempts, bundle, created_by)
    OVERRIDING SYSTEM VALUE
    VALUES (v_id, add_training.kind,
        jsonb_build_object('seed', v_id) || add_training.spec
            || jsonb_build_object('model_version', v_version, 'bundle', v_bundle),
        add_training.state, ops.setting_int('ml.training_attempts'), v_bundle, add_training.actor);
    PERFORM auth.audit('training.queue', 'training', v_id::text, NULL,
        jsonb_build_object('kind', add_training.kind, 'bundle', v_bundle));
    RETURN v_id;
END
$$;
COMMENT ON FUNCTION ml.add_training(text, jsonb, text, text) IS
    'Enters a training whose spec is checked (ml.training_spec), with the version that its bundle will have, its '
    'folder under SERVE_ML_ROOT (spec.bundle) and its seed. MW409 model_version: there is one. MW429: setting '
    'ml.training_queue.';
REVOKE ALL ON FUNCTION ml.add_training(text, jsonb, text, text) FROM PUBLIC;
