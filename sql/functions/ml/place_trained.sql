CREATE OR REPLACE FUNCTION ml.place_trained() RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_new record;
    v_count integer := 0;
BEGIN
    -- A loop over the few bundles that training has just made: each moves up to two aliases.
    FOR v_new IN
        WITH placed AS (
            UPDATE ml.training_job AS j SET placed_at = clock_timestamp()
            FROM ml.serve_ml_models AS m
            WHERE j.placed_at IS NULL AND j.bundle = concat_ws('/', m.equipment_id, m.power, m.model_version)
              AND m.status = 'ready'
            RETURNING j.id, m.equipment_id, m.power, m.model_version
        )
        SELECT p.*, a.model_version AS champion, (
                -- what would answer if this one had not come
                SELECT o.model_version FROM ml.serve_ml_models AS o
                WHERE o.equipment_id = p.equipment_id AND o.power = p.power AND o.status = 'ready'
                  AND o.model_version <> p.model_version
                ORDER BY ml.version_key(o.model_version) DESC, o.model_version DESC
                LIMIT 1) AS other
        FROM placed AS p
        LEFT JOIN ml.model_alias AS a ON a.equipment_id = p.equipment_id AND a.power = p.power AND a.alias = 'champion'
        ORDER BY p.id
    LOOP
        v_count := v_count + 1;
        CONTINUE WHEN coalesce(v_new.champion, v_new.other, v_new.model_version) = v_new.model_version;
        IF v_new.champion IS NULL THEN
            PERFORM ml.move_alias(v_new.equipment_id, v_new.power, 'champion', v_new.other,
                format('it answered when training %s brought a newer version', v_new.id), 'system');
        END IF;
        PERFORM ml.move_alias(v_new.equipment_id, v_new.power, 'challenger', v_new.model_version,
            format('training %s', v_new.id), 'system');
    END LOOP;
    RETURN v_count;
END
$$;
COMMENT ON FUNCTION ml.place_trained() IS
    'Bundles that training made and that are served for the first time become challengers: scored beside the version '
    'that answers, which is made champion where none is named. Where nothing else answers for a machine and power '
    'there '
    'is nobody to challenge, and the first bundle answers itself. Called by ml.sync_models and ml.finish_training.';
REVOKE ALL ON FUNCTION ml.place_trained() FROM PUBLIC;
