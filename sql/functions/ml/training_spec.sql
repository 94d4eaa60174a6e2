CREATE OR REPLACE FUNCTION ml.training_spec(kind text, spec jsonb, has_files boolean DEFAULT false) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
    c_longest CONSTANT interval := INTERVAL '36525 days'; -- a hundred years
    v_kind ml.training_kind;
    v_errors jsonb;
    v_spec jsonb := training_spec.spec;
    v_equipment text;
    v_bad text;
    v_now timestamptz := date_trunc('second', clock_timestamp());
    v_power text;
    v_lives bigint;
BEGIN
    SELECT k.* INTO v_kind FROM ml.training_kind AS k WHERE k.kind = training_spec.kind;
    IF NOT FOUND THEN
        PERFORM alarm.refuse('MW422', 'kind', 'kind must be one of '
            || (SELECT string_agg(k.kind, ', ' ORDER BY k.place) FROM ml.training_kind AS k));
    END IF;
    SELECT jsonb_agg(jsonb_build_object('field', e.member, 'message', e.message)) INTO v_errors
    -- null and absent are one
    FROM api.schema_errors(coalesce(jsonb_strip_nulls(v_spec), 'null'), v_kind.spec, '') AS e;
    IF v_errors IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = coalesce(nullif(v_errors -> 0 ->> 'field', ''), 'spec'),
            MESSAGE = concat_ws(' ', coalesce(nullif(v_errors -> 0 ->> 'field', ''), 'spec'),
                                v_errors -> 0 ->> 'message'),
            DETAIL = v_errors::text;
    END IF;
    v_spec := jsonb_strip_nulls((
        SELECT coalesce(jsonb_object_agg(p.key, p.value -> 'default'), '{}')
        FROM jsonb_each(v_kind.spec -> 'properties') AS p WHERE p.value ? 'default') || jsonb_strip_nulls(v_spec));
    v_equipment := v_spec ->> 'equipment_id';

    -- times that have an end behind their beginning
    SELECT min(format('%s[%s].to', m.name, r.ordinality - 1)) INTO v_bad
    FROM unnest('{normal,abnormal}'::text[]) AS m (name)
    CROSS JOIN LATERAL jsonb_array_elements(v_spec -> m.name) WITH ORDINALITY AS r
    WHERE NOT coalesce((r.value ->> 'to')::timestamptz > (r.value ->> 'from')::timestamptz
        AND (r.value ->> 'to')::timestamptz - (r.value ->> 'from')::timestamptz <= c_longest, false);
    IF v_bad IS NOT NULL THEN
        PERFORM alarm.refuse('MW422', v_bad, v_bad || ' must be later than from');
    END IF;

    IF training_spec.kind = 'rul' THEN
        IF num_nonnulls(v_equipment, v_spec ->> 'equipment_type') <> 1 THEN
            PERFORM alarm.refuse('MW422', 'equipment_id', 'equipment_id or equipment_type must be given, and one only');
        END IF;
        SELECT count(*) INTO v_lives
        FROM ml.training_lives AS l
        WHERE (l.equipment_id = v_equipment OR l.equipment_type = v_spec ->> 'equipment_type')
          AND l.why = 'failed' AND (NOT v_spec ? 'component_type' OR l.component_type = v_spec ->> 'component_type');
        IF v_lives < ops.setting_int('ml.training_lives') THEN
            PERFORM alarm.refuse('MW422', CASE WHEN v_equipment IS NULL THEN 'equipment_type' ELSE 'equipment_id' END,
                format('too few lives that ended by failure are known: %s of %s', v_lives,
                       ops.setting_int('ml.training_lives')),
                'ml.training_lives shows them; plant.import_lives takes a history from CSV.');
        END IF;
    ELSIF training_spec.kind = 'threshold' AND NOT EXISTS (
        SELECT FROM ml.serve_ml_models AS m
        WHERE m.equipment_id = v_equipment AND m.power = v_spec ->> 'power'
          AND m.model_version = v_spec ->> 'source_version' AND m.status = 'ready') THEN
        PERFORM alarm.refuse('MW404', 'source_version', format('no bundle %s/%s/%s is served', v_equipment,
            v_spec ->> 'power', v_spec ->> 'source_version'));
    ELSIF training_spec.has_files AND training_spec.kind <> 'autoencoder' THEN
        PERFORM alarm.refuse('MW422', 'model_type', format('%s is not trained from files', training_spec.kind));
    END IF;

    IF training_spec.kind = 'autoencoder' THEN
        v_spec := jsonb_build_object('source', CASE WHEN training_spec.has_files THEN 'files' ELSE 'stored' END)
            || v_spec;
        IF v_spec ->> 'source' = 'files' AND NOT training_spec.has_files THEN
            PERFORM alarm.refuse('MW422', 'source', 'source is files, and there are none');
        END IF;
    END IF;
    -- a machine whose data is stored must be there; one whose files are sent may never have spoken
    IF v_equipment IS NOT NULL AND NOT training_spec.has_files
        AND NOT EXISTS (SELECT FROM plant.equipment AS e WHERE e.id = v_equipment) THEN
        PERFORM alarm.refuse('MW404', 'equipment_id', format('there is no equipment %s', v_equipment));
    END IF;
    IF v_kind.spec -> 'properties' ? 'normal' AND coalesce(v_spec ->> 'source', '') <> 'files' THEN
        v_spec := (
            SELECT jsonb_build_object(
                'normal', coalesce(jsonb_agg(x.range) FILTER (WHERE x.kind = 'normal'), '[]'),
                'abnormal', coalesce(jsonb_agg(x.range) FILTER (WHERE x.kind = 'abnormal'), '[]'))
            FROM (
                SELECT r.kind,
                       jsonb_strip_nulls(jsonb_build_object('from', api.iso(r.from), 'to', api.iso(r.to), 'label',
                                                            r.label)) AS range
                FROM ml.training_ranges(v_equipment, v_now - ops.setting_interval('ml.training_history'), v_now) AS r
                ORDER BY r.kind, r.from
                LIMIT 1000
            ) AS x) || v_spec;
        IF jsonb_array_length(v_spec -> 'normal') = 0 THEN
            PERFORM alarm.refuse('MW422', 'normal',
                                 'in all of that time something was known to be wrong with the machine',
                'Name the times when it was well.');
        END IF;
    END IF;
    v_bad := (
        SELECT min(s.signal) FROM jsonb_array_elements_text(v_spec -> 'signals') AS s (signal)
        WHERE v_equipment IS NOT NULL AND NOT EXISTS (
            SELECT FROM ml.training_signal AS t WHERE t.equipment_id = v_equipment AND t.signal = s.signal));
    IF v_bad IS NOT NULL THEN
        PERFORM alarm.refuse('MW422', 'signals', format('%s has no signal %s', v_equipment, v_bad));
    END IF;

    v_power := (SELECT CASE WHEN count(DISTINCT m.power) = 1 THEN min(m.power) ELSE 'default' END
                FROM ml.serve_ml_models AS m WHERE m.equipment_id = v_equipment AND m.status = 'ready');
    RETURN jsonb_build_object('power', v_power) || v_spec;
END
$$;
COMMENT ON FUNCTION ml.training_spec(text, jsonb, boolean) IS
    'A spec that a worker can train by: checked against ml.training_kind.spec and against what there is, with defaults '
    'filled in (times by ml.training_ranges). has_files: files came with it. MW422 with the member at fault; MW404 '
    'equipment_id, source_version.';
REVOKE ALL ON FUNCTION ml.training_spec(text, jsonb, boolean) FROM PUBLIC;
