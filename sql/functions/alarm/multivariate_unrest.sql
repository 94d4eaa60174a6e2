CREATE OR REPLACE FUNCTION alarm.multivariate_unrest(equipment_id text, "from" timestamptz, "to" timestamptz)
    RETURNS tstzmultirange
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(range_agg(x.period), '{}')
    FROM (
        SELECT tstzrange(a.raised_at,
                         greatest(coalesce(a.cleared_at, 'infinity'), a.raised_at + INTERVAL '1 microsecond'))
                   AS period
        FROM alarm.alarm AS a
        WHERE a.equipment_id = $1 AND a.retracted_at IS NULL AND a.raised_at < $3
          AND coalesce(a.cleared_at, 'infinity') > $2
          -- a silence is no sign of anything wrong with what was heard; and what people call no fault is normal
          AND a.condition NOT IN (SELECT c.name FROM alarm.condition AS c WHERE c.judged = 'silence')
          AND 'right' IS NOT DISTINCT FROM coalesce((
              SELECT f.verdict FROM alarm.feedback AS f WHERE f.alarm_id = a.id ORDER BY f.given_at DESC LIMIT 1),
              'right')
        UNION ALL
        SELECT tstzrange(s.starts_at, s.ends_at)
        FROM plant.fault_span AS s
        WHERE s.equipment_id = $1 AND s.starts_at < $3 AND s.ends_at > $2
    ) AS x
$$;
COMMENT ON FUNCTION alarm.multivariate_unrest(text, timestamptz, timestamptz) IS
    'When a machine is not known to have been normal: an alarm stood that nobody called false or useless, or something '
    'was wrong (plant.fault_span).';
REVOKE ALL ON FUNCTION alarm.multivariate_unrest(text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.multivariate_unrest(text, timestamptz, timestamptz) TO viewer;
