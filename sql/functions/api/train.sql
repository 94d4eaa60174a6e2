CREATE OR REPLACE FUNCTION api.train(query jsonb, body jsonb, kind text DEFAULT NULL, has_files boolean DEFAULT false)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_lists CONSTANT text[] := '{normal_current_files,normal_vibration_files,abnormal_current_files,'
                               'abnormal_vibration_files}';
    c_path CONSTANT integer := 1024; -- characters
    v_request jsonb := coalesce(train.query, '{}');
    v_kind ml.training_kind;
    v_bad text;
    v_files jsonb;
    v_id bigint;
    v_text text;
    v_column text;
    v_detail text;
    v_hint text;
BEGIN
    IF v_request ? 'spec' THEN
        IF NOT pg_input_is_valid(v_request ->> 'spec', 'jsonb') THEN
            PERFORM alarm.refuse('MW422', 'spec', 'spec must be JSON');
        END IF;
        v_request := v_request - 'spec' || CASE jsonb_typeof((v_request ->> 'spec')::jsonb) WHEN 'object'
            THEN (v_request ->> 'spec')::jsonb ELSE '{"spec": null}' END;
    END IF;
    IF jsonb_typeof(coalesce(train.body, '{}')) <> 'object' THEN
        PERFORM alarm.refuse('MW422', 'body', 'the body must be a JSON object');
    END IF;
    v_request := jsonb_strip_nulls(v_request || coalesce(train.body, '{}'));

    SELECT k.* INTO v_kind FROM ml.training_kind AS k
    WHERE k.kind = train.kind
       OR train.kind IS NULL AND lower(coalesce(v_request ->> 'model_type', 'xgboost')) = ANY (k.model_types);
    IF NOT FOUND THEN
        PERFORM alarm.refuse('MW422', 'model_type', 'model_type must be one of '
            || (SELECT string_agg(array_to_string(k.model_types, ', '), ', ' ORDER BY k.place)
                FROM ml.training_kind AS k));
    END IF;
    SELECT min(l.name) INTO v_bad FROM unnest(c_lists) AS l (name)
    WHERE v_request ? l.name AND (jsonb_typeof(v_request -> l.name) <> 'array' OR EXISTS (
        SELECT FROM jsonb_array_elements(CASE jsonb_typeof(v_request -> l.name)
                                              WHEN 'array' THEN v_request -> l.name END) AS f
        WHERE jsonb_typeof(f.value) <> 'string' OR length(f.value #>> '{}') NOT BETWEEN 1 AND c_path));
    IF v_bad IS NOT NULL THEN
        PERFORM alarm.refuse('MW422', v_bad,
                             format('%s must be a list of paths of at most %s characters', v_bad, c_path));
    END IF;
    SELECT coalesce(jsonb_agg(jsonb_build_object('role', replace(l.name, '_files', ''), 'path', f.value)
        ORDER BY l.place, f.ordinality), '[]') INTO v_files
    FROM unnest(c_lists) WITH ORDINALITY AS l (name, place)
    CROSS JOIN LATERAL jsonb_array_elements(v_request -> l.name) WITH ORDINALITY AS f;

    BEGIN
        v_request := v_request - c_lists - 'device_id'
            || CASE WHEN v_request ? 'device_id' THEN jsonb_build_object('equipment_id', v_request -> 'device_id')
                    ELSE '{}' END
            -- what a client calls the model says which of its forms is meant
            || CASE WHEN v_kind.kind = 'window_autoencoder' AND NOT v_request ? 'architecture' THEN jsonb_build_object(
                        'architecture', CASE WHEN v_request ->> 'model_type' ILIKE 'lstm%' THEN 'lstm' ELSE 'dense' END)
                    ELSE '{}' END;
        IF NOT v_kind.spec -> 'properties' ? 'model_type' THEN
            v_request := v_request - 'model_type';
        END IF;
        v_id := CASE WHEN has_files OR v_files <> '[]' THEN ml.begin_training(v_kind.kind, v_request)
                     ELSE ml.queue_training(v_kind.kind, v_request) END;
    EXCEPTION WHEN SQLSTATE 'MW422' OR SQLSTATE 'MW404' THEN
        GET STACKED DIAGNOSTICS v_text = MESSAGE_TEXT, v_column = COLUMN_NAME, v_detail = PG_EXCEPTION_DETAIL,
            v_hint = PG_EXCEPTION_HINT;
        -- as the client named it
        RAISE EXCEPTION USING ERRCODE = SQLSTATE, COLUMN = replace(v_column, 'equipment_id', 'device_id'),
            MESSAGE = replace(v_text, 'equipment_id', 'device_id'),
                DETAIL = replace(v_detail, 'equipment_id', 'device_id'),
            HINT = v_hint;
    END;
    RETURN jsonb_build_object('job_id', v_id, 'read', v_files,
        'longest_wait', extract(epoch FROM ops.setting_interval('ml.training_wait')));
END
$$;
COMMENT ON FUNCTION api.train(jsonb, jsonb, text, boolean) IS
    'What a client asked for by HTTP as a training: the members of query and body (device_id, model_type, lists of '
    'files, and whatever ml.training_kind.spec of the kind takes) are queued. kind: else by model_type. has_files: '
    'files follow (ml.receive_training_file). Answers thin: job_id, read [{role, path}]: files of the server that it is '
    'to send, longest_wait in seconds. MW422 with the member at fault.';
REVOKE ALL ON FUNCTION api.train(jsonb, jsonb, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.train(jsonb, jsonb, text, boolean) TO engineer;
