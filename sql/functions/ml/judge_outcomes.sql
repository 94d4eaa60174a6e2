CREATE OR REPLACE FUNCTION ml.judge_outcomes() RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_judged integer := ml.outcome_judge();
BEGIN
    RETURN format('%s ends judged, %s corrections changed', v_judged, ml.conformal_fit());
END
$$;
COMMENT ON FUNCTION ml.judge_outcomes() IS
    'Job: holds estimates of remaining life against what became of the machines (ml.outcome_judge), and corrects the '
    'intervals by what it finds (ml.conformal_fit). By hand for who will not wait for it.';
REVOKE ALL ON FUNCTION ml.judge_outcomes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.judge_outcomes() TO engineer;
