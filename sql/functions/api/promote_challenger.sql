CREATE OR REPLACE FUNCTION api.promote_challenger(equipment_id text, power text, reason text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF length(reason) > 1900 THEN
        RAISE EXCEPTION
            USING ERRCODE = 'MW422', COLUMN = 'reason', MESSAGE = 'reason must have at most 1900 characters';
    END IF;
    RETURN api.challenger_review_json(ml.promote_challenger(promote_challenger.equipment_id, promote_challenger.power,
        promote_challenger.reason));
END
$$;
COMMENT ON FUNCTION api.promote_challenger(text, text, text) IS
    'Makes the challenger champion. Where it does not pass the policy, only with a reason (MW409). POST '
    '…/champion/rollback '
    'takes it back.';
REVOKE ALL ON FUNCTION api.promote_challenger(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.promote_challenger(text, text, text) TO engineer;
