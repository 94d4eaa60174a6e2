CREATE OR REPLACE FUNCTION ml.trend_judge(
    equipment_ids text[] DEFAULT NULL, OUT trends integer, OUT estimates integer, OUT outbox_rows integer
)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
    c_most CONSTANT integer := 10000;
    v_now CONSTANT timestamptz := clock_timestamp();
    v_heard_from CONSTANT timestamptz := v_now - ops.setting_interval('report.rul_age');
    v_state ml.trend_state[];
    v_estimates jsonb[];
    v_gone record;
    v_stored record;
BEGIN
    PERFORM ops.lock('ml.trend');
    -- as read: what is decided below is decided of these rows
    SELECT array_agg(t ORDER BY t.equipment_id, t.indicator, t.part) INTO v_state
    FROM ml.trend_estimate(v_now, trend_judge.equipment_ids) AS t;
    trends := coalesce(cardinality(v_state), 0);
    DELETE FROM ml.trend_state AS t
    WHERE (trend_judge.equipment_ids IS NULL OR t.equipment_id = ANY (trend_judge.equipment_ids))
      AND NOT EXISTS (SELECT FROM unnest(v_state) AS n
                      WHERE n.equipment_id = t.equipment_id AND n.indicator = t.indicator AND n.part = t.part);
    INSERT INTO ml.trend_state AS t SELECT n.* FROM unnest(v_state) AS n
    ON CONFLICT (equipment_id, indicator, part) DO UPDATE SET
        judged_at = excluded.judged_at, verdict = excluded.verdict, since = excluded.since,
        since_reason = excluded.since_reason, last_hour = excluded.last_hour, hours = excluded.hours,
        duty = excluded.duty, level = excluded.level, limit_value = excluded.limit_value, form = excluded.form,
        drift = excluded.drift, drift_se = excluded.drift_se, sigma = excluded.sigma,
        prior_weight = excluded.prior_weight, chance = excluded.chance, rul_hours = excluded.rul_hours,
        lower_hours = excluded.lower_hours, upper_hours = excluded.upper_hours;

    -- the life of a machine ends with the first of its indicators
    SELECT array_agg(jsonb_build_object(
               'equipment_id', n.equipment_id, 'method', 'trend', 'time', alarm.iso_time(v_now),
               'rul_hours', n.rul_hours, 'lower_hours', n.lower_hours, 'upper_hours', n.upper_hours,
               'confidence', least(greatest(n.chance, 0), 1), 'basis', jsonb_strip_nulls(jsonb_build_object(
                   'indicator', n.indicator, 'part', n.part, 'verdict', n.verdict, 'limit', n.limit_value,
                   'level', n.level, 'form', n.form, 'drift', n.drift, 'drift_se', n.drift_se, 'sigma', n.sigma,
                   'hours', n.hours, 'duty', n.duty, 'prior_weight', n.prior_weight,
                   'since', alarm.iso_time(n.since)))) ORDER BY n.equipment_id)
    INTO v_estimates
    FROM (SELECT DISTINCT ON (n.equipment_id) n.* FROM unnest(v_state) AS n
          JOIN ml.trend_verdict AS d ON d.verdict = n.verdict AND d.has_estimate
          ORDER BY n.equipment_id, n.rul_hours, n.indicator, n.part) AS n;
    estimates := coalesce(cardinality(v_estimates), 0);

    -- what was said before and is said no more governs no more
    WITH gone AS (
        INSERT INTO ml.rul_withdrawal AS w (equipment_id, method, withdrawn_to, reason)
        SELECT e.id, 'trend', p.time, coalesce(r.verdict, 'no_indicator')
        FROM plant.equipment AS e
        CROSS JOIN LATERAL (
            -- those before govern nothing anyway
            SELECT max(x.time) AS time FROM ml.rul_predictions AS x
            WHERE x.equipment_id = e.id AND x.method = 'trend' AND x.time > v_heard_from
        ) AS p
        LEFT JOIN LATERAL (
            SELECT t.verdict, d.withdraws FROM ml.trend_state AS t JOIN ml.trend_verdict AS d ON d.verdict = t.verdict
            WHERE t.equipment_id = e.id
            ORDER BY d.withdraws, d.has_estimate, t.indicator, t.part
            LIMIT 1
        ) AS r ON true
        LEFT JOIN ml.rul_withdrawal AS o ON o.equipment_id = e.id AND o.method = 'trend'
        WHERE (trend_judge.equipment_ids IS NULL OR e.id = ANY (trend_judge.equipment_ids))
          AND p.time > coalesce(o.withdrawn_to, '-infinity') AND r.withdraws IS NOT FALSE
        ON CONFLICT (equipment_id, method) DO UPDATE SET withdrawn_to = excluded.withdrawn_to, reason = excluded.reason
        RETURNING w.equipment_id, w.reason
    )
    SELECT array_agg(g.equipment_id) AS equipment_id,
           array_agg(jsonb_build_object('bundle_kind', 'trend', 'power', '*', 'method', 'trend', 'model_version', '',
                                        'withdrawn', g.reason)) AS data
    INTO v_gone
    FROM gone AS g;

    -- last: it takes the outbox counter, which everybody needs. As many a call as it takes.
    outbox_rows := 0;
    FOR i IN 0 .. (estimates - 1) / c_most LOOP
        EXIT WHEN estimates = 0;
        v_stored := ml.record_rul(to_jsonb(v_estimates[i * c_most + 1 : (i + 1) * c_most]));
        outbox_rows := outbox_rows + v_stored.outbox_rows;
    END LOOP;
    IF v_gone.equipment_id IS NOT NULL THEN
        -- to rules there is at least so much left as would not be told
        outbox_rows := outbox_rows + alarm.announce(alarm.rul_estimates(
            v_gone.equipment_id, array_fill(v_now, ARRAY[cardinality(v_gone.equipment_id)]),
            array_fill(date_part('epoch', ops.setting_interval('ml.trend_horizon')) / 3600,
                       ARRAY[cardinality(v_gone.equipment_id)]), v_gone.data));
    END IF;
END
$$;
COMMENT ON FUNCTION ml.trend_judge(text[]) IS
    'Judges the health indicators of machines (NULL: all) by their trend now (ml.trend_estimate), keeps what is said '
    'in ml.trend_state and stores the remaining life of each machine, by the indicator that ends first, as method '
    'trend (ml.record_rul, which rul_below rules hear). Where nothing is said any more, what was said before is '
    'withdrawn (ml.rul_withdrawal), and its alarms clear. Returns how many trends there are, estimates, and outbox '
    'rows.';
REVOKE ALL ON FUNCTION ml.trend_judge(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.trend_judge(text[]) TO engineer;
