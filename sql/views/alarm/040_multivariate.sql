CREATE OR REPLACE VIEW alarm.multivariate_status AS
SELECT k.equipment_id, s.state, m.equipment_id IS NOT NULL AS is_judged,
       (SELECT array_agg(n.name ORDER BY n.id) FROM plant.sensor AS n WHERE n.id = ANY (k.sensors)) AS signals,
       coalesce(m.samples, h.samples, 0) AS samples,
       greatest(ops.setting_int('alarm.multivariate_samples'), 10 * cardinality(k.sensors)) AS samples_needed,
       greatest(b.since, k.summed_to - ops.setting_interval('alarm.multivariate_window')) AS since,
       CASE WHEN m.equipment_id IS NOT NULL THEN NULL
            WHEN b.since > k.summed_to - ops.setting_interval('alarm.multivariate_window')
                THEN 'it is learned anew since: ' || b.because
            WHEN EXISTS (SELECT FROM alarm.multivariate_model AS o WHERE o.equipment_id = k.equipment_id)
                THEN 'this operating state is new'
            ELSE 'too little of it is known yet' END AS why_not,
       m.shrinkage, m.t2_limit, m.q_limit, m.learned_from, m.learned_to, m.learned_at, k.summed_to
FROM alarm.multivariate_clock AS k
CROSS JOIN LATERAL (
    SELECT o.state FROM alarm.operating_state AS o WHERE o.equipment_id = k.equipment_id
    UNION ALL
    SELECT '*' WHERE NOT EXISTS (SELECT FROM alarm.operating_state AS o WHERE o.equipment_id = k.equipment_id)
) AS s
LEFT JOIN alarm.multivariate_model AS m ON m.equipment_id = k.equipment_id AND m.state = s.state
LEFT JOIN LATERAL alarm.multivariate_start(k.equipment_id) AS b ON true
LEFT JOIN LATERAL (
    SELECT sum(x.samples) AS samples
    FROM alarm.multivariate_hour AS x
    WHERE x.equipment_id = k.equipment_id AND x.state = s.state AND (b.since IS NULL OR x.bucket >= b.since)
      AND NOT tstzrange(x.bucket, x.bucket + INTERVAL '1 hour')
          && alarm.multivariate_unrest(k.equipment_id, x.bucket, x.bucket + INTERVAL '1 hour')
) AS h ON m.equipment_id IS NULL;
COMMENT ON VIEW alarm.multivariate_status IS
    'Whether condition multivariate judges a machine in an operating state, by which signals and what it learned; '
    'else why not, and how many buckets it has of those it needs (samples, samples_needed). Machines that are not here '
    'have fewer than two signals.';
COMMENT ON COLUMN alarm.multivariate_status.state IS 'Operating state; *: the machine has none.';
COMMENT ON COLUMN alarm.multivariate_status.since IS 'Hours from then on are what is learned.';
GRANT SELECT ON alarm.multivariate_status TO viewer;
