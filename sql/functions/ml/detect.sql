CREATE OR REPLACE FUNCTION ml.detect(
    equipment_id text, "time" timestamptz, sensors integer[], value float8[],
    OUT judge text, OUT state text, OUT scores jsonb, OUT thresholds jsonb, OUT ratio jsonb, OUT model_version text,
    OUT learned_from timestamptz, OUT learned_to timestamptz, OUT contributions jsonb, OUT reason text
)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    m alarm.multivariate_model;
    v_found record;
    v_spreads float8 := ops.setting_float('ml.detect_spreads');
BEGIN
    state := CASE
        WHEN NOT EXISTS (SELECT FROM alarm.operating_state AS o WHERE o.equipment_id = detect.equipment_id) THEN '*'
        ELSE (SELECT r.state FROM alarm.state_runs(detect.equipment_id, detect.time, detect.time) AS r
              WHERE r.since <= detect.time AND r.until > detect.time LIMIT 1) END;
    SELECT x.* INTO m FROM alarm.multivariate_model AS x
    WHERE x.equipment_id = detect.equipment_id AND x.state = detect.state AND x.sensors && detect.sensors;
    IF FOUND THEN
        -- Not all of its signals need have come: those that did have the same means and correlations without the
        -- others. Their thresholds are to the theory's as the model's are.
        SELECT d.t2, d.q, l.t2 * m.t2_limit / m.t2_theory AS t2_limit, l.q * m.q_limit / m.q_theory AS q_limit,
               alarm.multivariate_contributions(g.sensors, g.value, g.centre, g.deviation, d.residual) AS contributions
        INTO v_found
        FROM (
            SELECT array_agg(u.sensor_id ORDER BY k.place) AS sensors, array_agg(u.value ORDER BY k.place) AS value,
                   array_agg(k.place ORDER BY k.place) AS places,
                   array_agg(m.centre[k.place] ORDER BY k.place) AS centre,
                   alarm.multivariate_deviation(array_agg(u.value ORDER BY k.place),
                       array_agg(m.centre[k.place] ORDER BY k.place), array_agg(m.spread[k.place] ORDER BY k.place))
                       AS deviation
            FROM unnest(detect.sensors, detect.value) AS u (sensor_id, value)
            CROSS JOIN LATERAL (SELECT array_position(m.sensors, u.sensor_id) AS place) AS k
            WHERE k.place IS NOT NULL
        ) AS g
        CROSS JOIN LATERAL (
            SELECT alarm.matrix_inverse(array_agg(m.correlation[(a.i - 1) * cardinality(m.sensors) + b.j]
                                                  ORDER BY a.i, b.j)) AS inverse
            FROM unnest(g.places) AS a (i), unnest(g.places) AS b (j)
        ) AS w
        CROSS JOIN LATERAL alarm.multivariate_distance(g.deviation, w.inverse) AS d
        CROSS JOIN LATERAL alarm.multivariate_limits(w.inverse, m.samples,
                                                     ops.setting_float('alarm.multivariate_alpha')) AS l;
        judge := 'multivariate';
        scores := jsonb_build_object('t2', v_found.t2, 'q', v_found.q);
        thresholds := jsonb_build_object('t2', v_found.t2_limit, 'q', v_found.q_limit);
        ratio := jsonb_build_object('t2', v_found.t2 / v_found.t2_limit, 'q', v_found.q / v_found.q_limit);
        learned_from := m.learned_from;
        learned_to := m.learned_to;
        contributions := v_found.contributions;
    ELSE
        SELECT max(abs(x.deviation)) AS deviation, min(x.learned_from) AS learned_from, max(x.learned_to) AS learned_to,
               max(x.state) AS state,
               jsonb_agg(jsonb_build_object('signal', x.name, 'unit', x.unit, 'value', x.value, 'centre', x.centre,
                                            'deviation', x.deviation) ORDER BY abs(x.deviation) DESC, x.name)
                   AS contributions
        INTO v_found
        FROM (
            -- that of its state before that of all
            SELECT DISTINCT ON (b.sensor_id) s.name, s.unit, u.value, b.centre, b.state, b.learned_from, b.learned_to,
                   (alarm.multivariate_deviation(ARRAY[u.value], ARRAY[b.centre], ARRAY[b.spread]))[1] AS deviation
            FROM unnest(detect.sensors, detect.value) AS u (sensor_id, value)
            JOIN plant.sensor AS s ON s.id = u.sensor_id
            JOIN alarm.baseline AS b ON b.sensor_id = u.sensor_id AND b.hour_of_week = -1
                AND b.state IN (detect.state, '*')
            ORDER BY b.sensor_id, b.state = '*'
        ) AS x;
        IF v_found.deviation IS NOT NULL THEN
            judge := 'baseline';
            state := v_found.state;
            scores := jsonb_build_object('deviation', v_found.deviation);
            thresholds := jsonb_build_object('deviation', v_spreads);
            ratio := jsonb_build_object('deviation', v_found.deviation / v_spreads);
            learned_from := v_found.learned_from;
            learned_to := v_found.learned_to;
            contributions := v_found.contributions;
        ELSE
            reason := 'there is nothing to judge by yet: ' || coalesce((
                SELECT format('%s of %s samples of the signals together; %s', s.samples, s.samples_needed, s.why_not)
                FROM alarm.multivariate_status AS s
                WHERE s.equipment_id = detect.equipment_id AND s.state = detect.state),
                CASE WHEN detect.state IS NULL THEN 'the machine is in no operating state that is known'
                     ELSE 'no baseline was learned, and the machine has no two signals' END);
        END IF;
    END IF;
    model_version := judge || ' ' || to_char(learned_to AT TIME ZONE 'UTC', 'YYYY-MM-DD');
END
$$;
COMMENT ON FUNCTION ml.detect(text, timestamptz, integer[], float8[]) IS
    'Judges values of a machine''s sensors at a moment by the best that is known of it in its operating state: T² and '
    'Q (alarm.multivariate_model), over those of its signals that are given; else learned baselines, the largest '
    'deviation in spreads against the setting ml.detect_spreads. judge NULL: neither is there, and reason says why.';
REVOKE ALL ON FUNCTION ml.detect(text, timestamptz, integer[], float8[]) FROM PUBLIC;
