CREATE OR REPLACE FUNCTION api.review_challenger(equipment_id text, power text) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.challenger_review_json(ml.review_challenger(review_challenger.equipment_id, review_challenger.power))
$$;
COMMENT ON FUNCTION api.review_challenger(text, text) IS
    'Holds the challenger against the champion and the policy of its machine: passes, and each point of the policy '
    'with '
    'what was needed and found. Nothing else changes.';
REVOKE ALL ON FUNCTION api.review_challenger(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.review_challenger(text, text) TO engineer;
