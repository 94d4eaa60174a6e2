CREATE OR REPLACE FUNCTION ml.verdict_severity(confidence float8, cap_rank integer) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(
        (SELECT s.name FROM alarm.severity AS s
         WHERE (confidence > s.minimum_confidence OR s.minimum_confidence = 0) AND (cap_rank IS NULL OR s.rank <= cap_rank)
         ORDER BY s.minimum_confidence DESC LIMIT 1),
        -- not sure enough even for the least of those within the cap
        (SELECT s.name FROM alarm.severity AS s WHERE cap_rank IS NOT NULL ORDER BY s.rank LIMIT 1))
$$;
COMMENT ON FUNCTION ml.verdict_severity(float8, integer) IS
    'Severity of an anomaly from its confidence (0…1) by alarm.severity, of those whose rank is at most cap_rank (NULL: of all).';
REVOKE ALL ON FUNCTION ml.verdict_severity(float8, integer) FROM PUBLIC;
