CREATE OR REPLACE FUNCTION ml.outcome_judge(longest interval DEFAULT INTERVAL '20 seconds') RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_batch CONSTANT integer := 50; -- ends
    v_started CONSTANT timestamptz := clock_timestamp();
    v_most CONSTANT integer := ops.setting_int('ml.outcome_estimates');
    v_due ml.rul_ended[];
    v_rows ml.rul_outcome[];
    v_judged integer := 0;
BEGIN
    -- two at once would find the same ends
    PERFORM ops.lock('ml.outcome_judge');
    -- A loop, because a history may have more ends than fit into memory with their estimates, and time runs out.
    LOOP
        SELECT array_agg(ROW(n.equipment_id, n.ended_at, n.began_at, n.reason, n.equipment_type, n.component_id,
                             n.life_id, n.failure_id, false, clock_timestamp())::ml.rul_ended)
        INTO v_due
        FROM (
            SELECT n.* FROM ml.rul_end AS n
            LEFT JOIN ml.rul_ended AS d ON d.equipment_id = n.equipment_id AND d.ended_at = n.ended_at
            WHERE d.equipment_id IS NULL OR d.is_late
               OR (d.began_at, d.reason, d.equipment_type, d.component_id, d.life_id, d.failure_id)
                  IS DISTINCT FROM
                  (n.began_at, n.reason, n.equipment_type, n.component_id, n.life_id, n.failure_id)
            ORDER BY n.ended_at DESC, n.equipment_id LIMIT c_batch
        ) AS n;
        EXIT WHEN v_due IS NULL;

        -- what was judged before is asked, too: the estimates themselves may be gone by now (ml.rul_retention)
        WITH due AS MATERIALIZED (
            SELECT d.* FROM unnest(v_due) AS d
        ), estimate AS MATERIALIZED (
            SELECT d.ended_at, d.reason, d.equipment_type, l.equipment_id, l.method, l.power, l.model_version, l.time,
                   l.received_at, l.rul_hours, l.raw_low_hours AS lower_hours, l.raw_high_hours AS upper_hours,
                   ml.finite(l.basis -> 'cap_hours') AS cap_hours, l.confidence
            FROM due AS d
            JOIN ml.rul_estimate AS l ON l.equipment_id = d.equipment_id AND l.time < d.ended_at
                AND l.time >= coalesce(d.began_at, '-infinity') AND l.rul_hours IS NOT NULL
            UNION ALL
            SELECT d.ended_at, d.reason, d.equipment_type, o.equipment_id, o.method, o.power, o.model_version, o.time,
                   o.received_at, o.rul_hours, o.lower_hours, o.upper_hours, o.cap_hours, o.confidence
            FROM due AS d
            JOIN ml.rul_outcome AS o ON o.equipment_id = d.equipment_id AND o.time < d.ended_at
                AND o.time >= coalesce(d.began_at, '-infinity')
        ), slot AS (
            -- so many parts of equal length of the time in which it spoke
            SELECT e.*, floor(v_most * (extract(epoch FROM e.time - w.first)
                                        / extract(epoch FROM e.ended_at - w.first))) AS slot
            FROM estimate AS e
            JOIN (SELECT x.equipment_id, x.ended_at, x.method, x.power, x.model_version, min(x.time) AS first
                  FROM estimate AS x GROUP BY 1, 2, 3, 4, 5) AS w
                USING (equipment_id, ended_at, method, power, model_version)
        ), sample AS MATERIALIZED (
            -- the last of each
            SELECT DISTINCT ON (s.equipment_id, s.method, s.power, s.model_version, s.ended_at, s.slot) s.*
            FROM slot AS s
            ORDER BY s.equipment_id, s.method, s.power, s.model_version, s.ended_at, s.slot, s.time DESC
        )
        SELECT array_agg(ROW(
                   s.equipment_id, s.ended_at, s.method, s.power, s.model_version, s.time, s.received_at, s.rul_hours,
                   s.lower_hours, s.upper_hours, ml.conformal_low(s.rul_hours, s.lower_hours, k.shift),
                   ml.conformal_high(s.rul_hours, s.upper_hours, k.shift), s.cap_hours, s.confidence,
                   extract(epoch FROM s.ended_at - s.time)::float8 / 3600, s.reason <> 'failed')::ml.rul_outcome)
        INTO v_rows
        FROM sample AS s
        CROSS JOIN LATERAL (
            SELECT (SELECT c.shift FROM ml.rul_correction AS c
                    WHERE c.method = s.method AND c.equipment_type = s.equipment_type AND c.valid_from <= s.received_at
                    ORDER BY c.valid_from DESC LIMIT 1) AS shift
        ) AS k;

        DELETE FROM ml.rul_outcome AS o
        USING unnest(v_due) AS d
        WHERE o.equipment_id = d.equipment_id
          AND (o.ended_at = d.ended_at OR o.time < d.ended_at AND o.time >= coalesce(d.began_at, '-infinity'));
        INSERT INTO ml.rul_ended AS x SELECT d.* FROM unnest(v_due) AS d
        ON CONFLICT (equipment_id, ended_at) DO UPDATE SET
            began_at = excluded.began_at, reason = excluded.reason, equipment_type = excluded.equipment_type,
            component_id = excluded.component_id, life_id = excluded.life_id, failure_id = excluded.failure_id,
            is_late = false, judged_at = excluded.judged_at;
        INSERT INTO ml.rul_outcome SELECT r.* FROM unnest(v_rows) AS r;

        v_judged := v_judged + cardinality(v_due);
        EXIT WHEN clock_timestamp() - v_started > longest;
    END LOOP;
    -- last, and only when all others are judged: what has no end any more may have gone to one of them
    IF v_due IS NULL THEN
        DELETE FROM ml.rul_ended AS d
        WHERE NOT EXISTS (SELECT FROM ml.rul_end AS n
                          WHERE n.equipment_id = d.equipment_id AND n.ended_at = d.ended_at);
    END IF;
    RETURN v_judged;
END
$$;
COMMENT ON FUNCTION ml.outcome_judge(interval) IS
    'Holds estimates of remaining life against the ends of machines'' lives (ml.rul_end) that were not judged yet, '
    'that were changed since, or for which estimates came late; takes back what has no end any more. The newest first, '
    'until longest is over. Again it changes nothing. Returns how many ends were judged. Called by the job '
    'ml.judge_outcomes.';
REVOKE ALL ON FUNCTION ml.outcome_judge(interval) FROM PUBLIC;
