CREATE OR REPLACE FUNCTION alarm.multivariate_basis(equipment_id text, "at" timestamptz) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object(
        'judge', 'multivariate', 'state', s.state, 'time', alarm.iso_time(s.time), 't2', s.t2, 't2_limit', s.t2_limit,
        'q', s.q, 'q_limit', s.q_limit, 'learned_from', alarm.iso_time(m.learned_from), 'learned_to',
        alarm.iso_time(m.learned_to), 'samples', m.samples, 'hours', m.hours, 'shrinkage', m.shrinkage,
        'contributions', alarm.multivariate_contributions(m.sensors, s.value, m.centre, s.deviation, s.residual))
    FROM alarm.multivariate_model AS k
    CROSS JOIN LATERAL (
        -- the last bucket that had ended then
        SELECT x.* FROM alarm.multivariate_scores($1, $2 - 2 * k.width, $2) AS x ORDER BY x.time DESC LIMIT 1
    ) AS s
    JOIN alarm.multivariate_model AS m ON m.equipment_id = $1 AND m.state = s.state
    WHERE k.equipment_id = $1
    LIMIT 1
$$;
COMMENT ON FUNCTION alarm.multivariate_basis(text, timestamptz) IS
    'What T² and Q of a machine said at a moment, by what is known now, and what each signal had a part in it: for '
    'alarm.explain. NULL: there is nothing to judge by.';
REVOKE ALL ON FUNCTION alarm.multivariate_basis(text, timestamptz) FROM PUBLIC;
