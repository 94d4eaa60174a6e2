CREATE OR REPLACE FUNCTION ml.review_champions() RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
RETURN alarm.judge_system('{champion}');
COMMENT ON FUNCTION ml.review_champions() IS
    'Judges the system condition champion: an alarm champion:<equipment>/<power> while a champion is not ready, which clears when it is back. Returns how many are away. See ml.serving.';
REVOKE ALL ON FUNCTION ml.review_champions() FROM PUBLIC;
