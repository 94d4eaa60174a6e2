CREATE OR REPLACE FUNCTION alarm.give_feedback(
    alarm_id bigint, verdict text, reason text DEFAULT NULL, actor text DEFAULT NULL
) RETURNS alarm.feedback
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    a alarm.alarm;
    f alarm.feedback;
    v_reason text := nullif(btrim(give_feedback.reason), '');
    v_person text := auth.acting(give_feedback.actor);
BEGIN
    IF (give_feedback.verdict IN ('right', 'false', 'useless')) IS NOT TRUE THEN
        PERFORM alarm.refuse('MW422', 'verdict', 'verdict must be right, false or useless',
                             'right: there was something. false: there was nothing. useless: nobody needs to know.');
    ELSIF length(v_reason) > 2000 THEN
        PERFORM alarm.refuse('MW422', 'reason', 'reason must have at most 2000 characters');
    END IF;
    a := alarm.hold_row(alarm_id);
    SELECT x.* INTO f FROM alarm.feedback AS x WHERE x.alarm_id = a.id AND x.person = v_person;
    IF (f.verdict, f.reason) IS NOT DISTINCT FROM (give_feedback.verdict, v_reason) THEN
        RETURN f;
    END IF;
    INSERT INTO alarm.feedback AS x (alarm_id, person, verdict, reason, equipment_id, raised_at)
    VALUES (a.id, v_person, give_feedback.verdict, v_reason, a.equipment_id, a.raised_at)
    ON CONFLICT (alarm_id, person) DO UPDATE SET
        verdict = excluded.verdict, reason = excluded.reason, given_at = clock_timestamp()
    RETURNING x.* INTO f;
    PERFORM alarm.record(a, 'assessed', v_person, concat_ws(': ', f.verdict, f.reason));
    RETURN f;
END
$$;
COMMENT ON FUNCTION alarm.give_feedback(bigint, text, text, text) IS
    'What a person says of an alarm, also of one that has cleared: right (there was something), false (there was '
    'nothing) or useless (nobody needs to know), and why. One word of each person and alarm; another one takes its '
    'place, and alarm.transition (kind assessed) keeps them all. It is a label (plant.label): the last word of all '
    'counts. MW404 unknown alarm, MW422.';
REVOKE ALL ON FUNCTION alarm.give_feedback(bigint, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.give_feedback(bigint, text, text, text) TO operator;
