CREATE OR REPLACE FUNCTION ml.review_challenger(equipment_id text, power text, actor text DEFAULT NULL)
    RETURNS ml.challenger_review
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_week CONSTANT float8 := 7 * 86400; -- seconds
    v_to CONSTANT timestamptz := clock_timestamp();
    v_from timestamptz;
    v_policy ml.promotion_policy;
    v_live record;
    v_champion jsonb;
    v_challenger jsonb;
    v_weeks float8;
    v_replayed jsonb;
    v_review ml.challenger_review;
BEGIN
    PERFORM ops.lock('ml.alias:' || md5(concat(review_challenger.equipment_id, '/', review_challenger.power)));
    SELECT p.* INTO v_policy FROM ml.promotion_policy AS p
    WHERE p.equipment_id IN (review_challenger.equipment_id, '*') ORDER BY p.equipment_id = '*' LIMIT 1;
    IF NOT FOUND THEN
        PERFORM alarm.refuse('MW404', 'equipment_id', 'ml.promotion_policy has no row for it, and none for all (*)');
    END IF;
    v_from := v_to - v_policy.span;
    SELECT c.* INTO v_live
    FROM ml.compare_shadow(review_challenger.equipment_id, review_challenger.power, v_from, v_to) AS c;
    v_champion := ml.labelled_scores(review_challenger.equipment_id, review_challenger.power, v_live.champion_version,
                                     'champion', v_from, v_to);
    v_challenger := ml.labelled_scores(review_challenger.equipment_id, review_challenger.power,
                                       v_live.challenger_version, 'challenger', v_from, v_to);
    v_replayed := (
        SELECT ml.backtest_summary(b.id) FROM ml.backtest AS b
        WHERE b.equipment_id = review_challenger.equipment_id AND b.power = review_challenger.power
          AND b.model_version = v_live.challenger_version AND b.state = 'done'
        ORDER BY b.id DESC LIMIT 1);
    -- what both have seen may be much less than the span
    v_weeks := greatest(extract(epoch FROM v_live.last_input - v_live.first_input)::float8 / c_week, 1.0 / 7);

    INSERT INTO ml.challenger_review AS r (equipment_id, power, champion, challenger, reviewed_at, reviewed_by, passes,
        checks, comparison)
    SELECT review_challenger.equipment_id, review_challenger.power, v_live.champion_version, v_live.challenger_version,
           v_to, auth.acting(review_challenger.actor), bool_and(c.passes),
           jsonb_agg(jsonb_build_object('check', c.name, 'needed', c.needed, 'found', c.found, 'passes', c.passes)
               ORDER BY c.place),
           jsonb_build_object(
               'live', to_jsonb(v_live),
               'labelled', jsonb_build_object('champion', v_champion, 'challenger', v_challenger),
               'from', alarm.iso_time(v_from), 'to', alarm.iso_time(v_to), 'weeks', v_weeks, 'replayed', v_replayed)
    FROM (
        SELECT x.place, x.name, x.needed, x.found, coalesce(x.passes, false) AS passes
        FROM (VALUES
            (1, 'inputs', v_policy.minimum_inputs::float8, v_live.inputs::float8,
             v_live.inputs >= v_policy.minimum_inputs),
            (2, 'agreement', v_policy.minimum_agreement, v_live.agreement,
             v_live.agreement >= v_policy.minimum_agreement),
            (3, 'more_alarms_per_week', v_policy.more_alarms_per_week,
             (v_live.challenger_alarms - v_live.champion_alarms) / v_weeks,
             (v_live.challenger_alarms - v_live.champion_alarms) / v_weeks <= v_policy.more_alarms_per_week),
            -- where neither has a score there is nothing to compare
            (4, 'gain', CASE WHEN num_nulls(v_champion ->> 'f1_score', v_challenger ->> 'f1_score') = 0
                             THEN v_policy.minimum_gain END,
             (v_challenger ->> 'f1_score')::float8 - (v_champion ->> 'f1_score')::float8,
             (v_challenger ->> 'f1_score')::float8 - (v_champion ->> 'f1_score')::float8 >= v_policy.minimum_gain),
            (5, 'slowest_latency_us', v_policy.slowest_latency_us, (v_live.challenger_latency ->> 'p99_us')::float8,
             (v_live.challenger_latency ->> 'p99_us')::float8 <= v_policy.slowest_latency_us),
            -- history is asked for where the policy wants it
            (6, 'replayed', v_policy.minimum_replayed::float8, coalesce((v_replayed ->> 'compared')::float8, 0),
             (v_replayed ->> 'compared')::bigint >= v_policy.minimum_replayed),
            (7, 'replayed_gain', CASE WHEN v_policy.minimum_replayed IS NOT NULL
                 AND num_nulls(v_replayed ->> 'f1_score', v_replayed ->> 'champion_f1_score') = 0
                 THEN v_policy.minimum_gain END,
             (v_replayed ->> 'f1_score')::float8 - (v_replayed ->> 'champion_f1_score')::float8,
             (v_replayed ->> 'f1_score')::float8 - (v_replayed ->> 'champion_f1_score')::float8
                 >= v_policy.minimum_gain)
        ) AS x (place, name, needed, found, passes)
        WHERE x.needed IS NOT NULL
    ) AS c
    RETURNING r.* INTO v_review;
    DELETE FROM ml.challenger_review AS r
    WHERE (r.equipment_id, r.power, r.champion, r.challenger)
        = (v_review.equipment_id, v_review.power, v_review.champion, v_review.challenger)
      AND r.id <> v_review.id AND NOT r.is_promoted;
    RETURN v_review;
END
$$;
COMMENT ON FUNCTION ml.review_challenger(text, text, text) IS
    'Holds the challenger of a machine and power against its champion and the policy (ml.promotion_policy): over the '
    'policy''s span, on the same live inputs (ml.compare_shadow), on history where it was replayed (ml.backtest), and '
    'against what plant.label knows (ml.labelled_scores). Keeps and returns what it found (ml.challenger_review: '
    'passes, checks); changes nothing '
    'else: '
    'ml.promote_challenger. MW404: no champion, no challenger or no policy.';
REVOKE ALL ON FUNCTION ml.review_challenger(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.review_challenger(text, text, text) TO engineer;
