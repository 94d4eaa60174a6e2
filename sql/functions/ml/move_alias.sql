CREATE OR REPLACE FUNCTION ml.move_alias(
    equipment_id text, power text, alias text, model_version text, reason text, actor text, undoes bigint DEFAULT NULL
) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_previous text;
    v_model ml.serve_ml_models;
BEGIN
    IF move_alias.alias IS NULL OR move_alias.alias NOT IN ('champion', 'challenger') THEN
        PERFORM alarm.refuse('MW422', 'alias', 'alias must be champion or challenger');
    ELSIF length(move_alias.reason) > 2000 THEN
        PERFORM alarm.refuse('MW422', 'reason', 'reason must have at most 2000 characters');
    END IF;
    -- two engineers at one machine: one after the other
    PERFORM ops.lock('ml.alias:' || md5(move_alias.equipment_id || '/' || move_alias.power));
    IF move_alias.model_version IS NOT NULL THEN
        SELECT m.* INTO v_model FROM ml.serve_ml_models AS m
        WHERE m.equipment_id = move_alias.equipment_id AND m.power = move_alias.power AND m.model_version = move_alias.model_version;
        IF NOT FOUND THEN
            PERFORM alarm.refuse('MW404', 'model_version',
                format('there is no bundle %s/%s/%s', move_alias.equipment_id, move_alias.power, move_alias.model_version),
                'SELECT model_version, status, status_reason FROM serve_ml_models shows what exists.');
        ELSIF v_model.status <> 'ready' THEN
            PERFORM alarm.refuse('MW409', 'model_version',
                format('%s/%s/%s is %s%s', v_model.equipment_id, v_model.power, v_model.model_version, v_model.status,
                       coalesce(': ' || v_model.status_reason, '')));
        ELSIF move_alias.alias = 'challenger' AND EXISTS (
            SELECT FROM ml.model_alias AS a
            WHERE a.equipment_id = move_alias.equipment_id AND a.power = move_alias.power AND a.alias = 'champion'
              AND a.model_version = move_alias.model_version) THEN
            PERFORM alarm.refuse('MW409', 'model_version', format('%s is the champion of %s %s: it has nobody to challenge',
                move_alias.model_version, move_alias.equipment_id, move_alias.power));
        END IF;
    END IF;

    SELECT a.model_version INTO v_previous FROM ml.model_alias AS a
    WHERE a.equipment_id = move_alias.equipment_id AND a.power = move_alias.power AND a.alias = move_alias.alias;
    IF v_previous IS NOT DISTINCT FROM move_alias.model_version THEN
        RETURN;
    END IF;
    IF move_alias.model_version IS NULL THEN
        DELETE FROM ml.model_alias AS a
        WHERE a.equipment_id = move_alias.equipment_id AND a.power = move_alias.power AND a.alias = move_alias.alias;
    ELSE
        INSERT INTO ml.model_alias AS a (equipment_id, power, alias, model_version, set_by, reason)
        VALUES (move_alias.equipment_id, move_alias.power, move_alias.alias, move_alias.model_version, move_alias.actor, move_alias.reason)
        ON CONFLICT (equipment_id, power, alias) DO UPDATE
        SET model_version = excluded.model_version, set_at = clock_timestamp(), set_by = excluded.set_by, reason = excluded.reason;
    END IF;
    INSERT INTO ml.model_alias_history (equipment_id, power, alias, model_version, previous_version, set_by, reason, undoes)
    VALUES (move_alias.equipment_id, move_alias.power, move_alias.alias, move_alias.model_version, v_previous, move_alias.actor,
            move_alias.reason, move_alias.undoes);

    IF move_alias.alias = 'champion' AND move_alias.model_version = (
        SELECT a.model_version FROM ml.model_alias AS a
        WHERE a.equipment_id = move_alias.equipment_id AND a.power = move_alias.power AND a.alias = 'challenger') THEN
        PERFORM ml.move_alias(move_alias.equipment_id, move_alias.power, 'challenger', NULL, 'became champion', move_alias.actor);
    END IF;
    PERFORM ml.review_champions();
    PERFORM pg_notify('millwright_registry', '');
END
$$;
COMMENT ON FUNCTION ml.move_alias(text, text, text, text, text, text, bigint) IS
    'What ml.set_alias and ml.rollback_alias share: checks, moves the alias and writes ml.model_alias_history. An alias that is there already is left alone.';
REVOKE ALL ON FUNCTION ml.move_alias(text, text, text, text, text, text, bigint) FROM PUBLIC;
