CREATE OR REPLACE FUNCTION alarm.consecutive(is_anomaly boolean[]) RETURNS float8[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_agg(CASE WHEN r.is_anomaly THEN r.ordinality - r.last_calm ELSE 0 END::float8 ORDER BY r.ordinality)
    FROM (
        SELECT u.is_anomaly, u.ordinality,
               coalesce(max(u.ordinality) FILTER (WHERE NOT u.is_anomaly) OVER (ORDER BY u.ordinality), 0) AS last_calm
        FROM unnest(is_anomaly) WITH ORDINALITY AS u (is_anomaly, ordinality)
    ) AS r
$$;
COMMENT ON FUNCTION alarm.consecutive(boolean[]) IS
    'How many anomalies in a row there are at each verdict (in time order): the number that model_verdict rules hold '
    'against parameters.consecutive.';
REVOKE ALL ON FUNCTION alarm.consecutive(boolean[]) FROM PUBLIC;
