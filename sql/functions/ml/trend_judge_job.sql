CREATE OR REPLACE FUNCTION ml.trend_judge_job() RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_done record;
BEGIN
    PERFORM ml.health_add_ratios();
    v_done := ml.trend_judge();
    RETURN format('%s trends, %s estimates', v_done.trends, v_done.estimates);
END
$$;
COMMENT ON FUNCTION ml.trend_judge_job() IS
    'Job: adds new predictions to the hours of their ratio (ml.health_add_ratios), then judges all machines by the '
    'trend of their health (ml.trend_judge).';
REVOKE ALL ON FUNCTION ml.trend_judge_job() FROM PUBLIC;
