CREATE OR REPLACE FUNCTION ml.promote_challenger(
    equipment_id text, power text, reason text DEFAULT NULL, actor text DEFAULT NULL
) RETURNS ml.challenger_review
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_actor text := auth.acting(promote_challenger.actor);
    v_review ml.challenger_review;
    v_failed text;
BEGIN
    v_review := ml.review_challenger(promote_challenger.equipment_id, promote_challenger.power, v_actor);
    SELECT string_agg(c ->> 'check', ', ') INTO v_failed
    FROM jsonb_array_elements(v_review.checks) AS c WHERE c -> 'passes' = 'false';
    IF v_failed IS NOT NULL AND coalesce(promote_challenger.reason, '') = '' THEN
        PERFORM alarm.refuse('MW409', 'reason', format('%s does not pass: %s', v_review.challenger, v_failed),
            'Who promotes it all the same gives a reason.');
    END IF;
    PERFORM ml.move_alias(v_review.equipment_id, v_review.power, 'champion', v_review.challenger,
        left(concat_ws(': ', format('review %s', v_review.id), promote_challenger.reason), 2000), v_actor);
    UPDATE ml.challenger_review AS r SET is_promoted = true WHERE r.id = v_review.id RETURNING r.* INTO v_review;
    PERFORM auth.audit('model.promote', 'model', concat_ws(':', v_review.equipment_id, v_review.power), NULL,
        jsonb_build_object('champion', v_review.champion, 'challenger', v_review.challenger, 'review', v_review.id));
    RETURN v_review;
END
$$;
COMMENT ON FUNCTION ml.promote_challenger(text, text, text, text) IS
    'Reviews the challenger (ml.review_challenger) and makes it champion; against the policy only with a reason '
    '(MW409). ml.rollback_alias(…, ''champion'') takes it back.';
REVOKE ALL ON FUNCTION ml.promote_challenger(text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.promote_challenger(text, text, text, text) TO engineer;
