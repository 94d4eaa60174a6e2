CREATE OR REPLACE FUNCTION api.challenger_review_json(review ml.challenger_review) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_jsonb(review) || jsonb_build_object('reviewed_at', api.iso(review.reviewed_at))
$$;
COMMENT ON FUNCTION api.challenger_review_json(ml.challenger_review) IS
    'A review of a challenger as HTTP answers it (component ChallengerReview).';
REVOKE ALL ON FUNCTION api.challenger_review_json(ml.challenger_review) FROM PUBLIC;
