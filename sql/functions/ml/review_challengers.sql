CREATE OR REPLACE FUNCTION ml.review_challengers(config jsonb DEFAULT '{}') RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_pair record;
    v_review ml.challenger_review;
    v_promoted integer := 0;
BEGIN
    -- A loop: each review is a comparison of its own, and one that cannot be made keeps the others from nothing.
    FOR v_pair IN
        SELECT s.equipment_id, s.power,
               (SELECT p.is_automatic FROM ml.promotion_policy AS p WHERE p.equipment_id IN (s.equipment_id, '*')
                ORDER BY p.equipment_id = '*' LIMIT 1) AS is_automatic
        FROM ml.serving AS s
        WHERE s.challenger_status = 'ready' AND s.serving_version IS NOT NULL
        ORDER BY 1, 2
    LOOP
        CONTINUE WHEN v_pair.is_automatic IS NULL;
        v_review := ml.review_challenger(v_pair.equipment_id, v_pair.power, 'system');
        IF v_review.passes AND v_pair.is_automatic THEN
            PERFORM ml.move_alias(v_review.equipment_id, v_review.power, 'champion', v_review.challenger,
                format('review %s: it passes the policy', v_review.id), 'system');
            UPDATE ml.challenger_review AS r SET is_promoted = true WHERE r.id = v_review.id;
            v_promoted := v_promoted + 1;
        END IF;
    END LOOP;
    RETURN v_promoted;
END
$$;
COMMENT ON FUNCTION ml.review_challengers(jsonb) IS
    'Job: reviews each challenger (ml.review_challenger), and makes champion whoever passes where the policy says that '
    'it '
    'may be done without a person (ml.promotion_policy.is_automatic). Returns how many.';
REVOKE ALL ON FUNCTION ml.review_challengers(jsonb) FROM PUBLIC;
