CREATE OR REPLACE FUNCTION alarm.assign(rules bigint[], sensors integer[], machines text[] DEFAULT NULL) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_rules alarm.rule[];
    v_count integer;
    v_sensors integer[] := assign.sensors;
BEGIN
    -- Two sessions that change rules of the same sensors must not each work out the sensors' quiet band without the other's
    -- rule. Sensors that nobody has assigned yet are ingest's business and wait for nobody.
    IF v_sensors IS NULL OR EXISTS (SELECT FROM alarm.watch AS w WHERE w.sensor_id = ANY (v_sensors)) THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('millwright:alarm.assign', 0));
    END IF;

    -- A rule of a family competes with the whole family.
    SELECT array_agg(r) INTO v_rules
    FROM alarm.rule AS r
    WHERE r.enabled
      AND (assign.rules IS NULL OR r.id = ANY (assign.rules)
           OR r.family IN (SELECT f.family FROM alarm.rule AS f WHERE f.id = ANY (assign.rules)));

    WITH found AS MATERIALIZED (
        SELECT c AS signal
        FROM (
            SELECT alarm.compile(r, m.equipment_id, m.sensor_id, m.specificity) AS c,
                   row_number() OVER (PARTITION BY m.equipment_id, m.sensor_id, r.family ORDER BY m.specificity DESC, r.id) AS place,
                   r.family
            FROM alarm.match(v_rules, v_sensors, assign.machines) AS m
            JOIN unnest(v_rules) AS r ON r.id = m.rule_id
        ) AS x
        WHERE (x.family IS NULL OR x.place = 1) AND (x.c).rule_id IS NOT NULL
    ), ended AS (
        UPDATE alarm.signal AS g
        SET assigned = false
        WHERE g.assigned
          AND (assign.rules IS NULL OR g.rule_id = ANY (assign.rules) OR g.rule_id IN (SELECT r.id FROM unnest(v_rules) AS r))
          AND (v_sensors IS NULL OR g.sensor_id = ANY (v_sensors)
               OR (g.sensor_id IS NULL AND (g.equipment_id = ANY (assign.machines)
                                            OR g.equipment_id IN (SELECT s.equipment_id FROM plant.sensor AS s WHERE s.id = ANY (v_sensors)))))
          AND NOT EXISTS (
              SELECT FROM found AS f
              WHERE (f.signal).rule_id = g.rule_id AND (f.signal).equipment_id = g.equipment_id
                AND (f.signal).sensor_id IS NOT DISTINCT FROM g.sensor_id)
        RETURNING g.sensor_id
    ), stored AS (
        INSERT INTO alarm.signal AS g (
            rule_id, equipment_id, sensor_id, rule_version, condition, assigned, live, low_low, low, high, high_high, deadband,
            on_delay, off_delay, latched, chatter_count, chatter_window, chatter_quiet, parameter, severities, quiet_low,
            quiet_high, specificity, basis)
        SELECT (f.signal).rule_id, (f.signal).equipment_id, (f.signal).sensor_id, (f.signal).rule_version, (f.signal).condition,
               true, (f.signal).live, (f.signal).low_low, (f.signal).low, (f.signal).high, (f.signal).high_high,
               (f.signal).deadband, (f.signal).on_delay, (f.signal).off_delay, (f.signal).latched, (f.signal).chatter_count,
               (f.signal).chatter_window, (f.signal).chatter_quiet, (f.signal).parameter, (f.signal).severities,
               (f.signal).quiet_low, (f.signal).quiet_high, (f.signal).specificity, (f.signal).basis
        FROM found AS f
        ON CONFLICT (rule_id, equipment_id, sensor_id) DO UPDATE SET
            rule_version = excluded.rule_version, condition = excluded.condition, assigned = true, live = excluded.live,
            low_low = excluded.low_low, low = excluded.low, high = excluded.high, high_high = excluded.high_high,
            deadband = excluded.deadband, on_delay = excluded.on_delay, off_delay = excluded.off_delay,
            latched = excluded.latched, chatter_count = excluded.chatter_count, chatter_window = excluded.chatter_window,
            chatter_quiet = excluded.chatter_quiet, parameter = excluded.parameter, severities = excluded.severities,
            quiet_low = excluded.quiet_low, quiet_high = excluded.quiet_high, specificity = excluded.specificity,
            basis = excluded.basis
        WHERE (g.rule_version, g.assigned, g.specificity, g.low_low, g.low, g.high, g.high_high, g.deadband, g.severities, g.basis)
            IS DISTINCT FROM (excluded.rule_version, true, excluded.specificity, excluded.low_low, excluded.low, excluded.high,
                              excluded.high_high, excluded.deadband, excluded.severities, excluded.basis)
        RETURNING g.sensor_id
    ), touched AS (
        SELECT sensor_id FROM ended UNION SELECT sensor_id FROM stored
    )
    SELECT array_agg(t.sensor_id ORDER BY t.sensor_id) FILTER (WHERE t.sensor_id IS NOT NULL), count(*)
    INTO v_sensors, v_count
    FROM touched AS t;

    WITH band AS (
        SELECT g.sensor_id, max(g.quiet_low) AS quiet_low, min(g.quiet_high) AS quiet_high, count(*) AS signals
        FROM alarm.signal AS g
        WHERE g.sensor_id = ANY (v_sensors) AND g.assigned AND g.live
        GROUP BY g.sensor_id
    ), gone AS (
        DELETE FROM alarm.watch AS w
        WHERE w.sensor_id = ANY (v_sensors) AND NOT EXISTS (SELECT FROM band AS b WHERE b.sensor_id = w.sensor_id)
    )
    INSERT INTO alarm.watch AS w (sensor_id, quiet_low, quiet_high, signals)
    SELECT b.sensor_id, b.quiet_low, b.quiet_high, b.signals FROM band AS b ORDER BY b.sensor_id
    ON CONFLICT (sensor_id) DO UPDATE
        SET quiet_low = excluded.quiet_low, quiet_high = excluded.quiet_high, signals = excluded.signals;
    RETURN v_count;
END
$$;
COMMENT ON FUNCTION alarm.assign(bigint[], integer[], text[]) IS
    'Works out anew which sensors rules watch (NULL: all rules, all sensors; machines: whole ones, also those without sensors) and each touched sensor''s quiet band; returns how many sensors changed. Only changes what differs. What an ended pair leaves behind, alarm.tick clears up.';
REVOKE ALL ON FUNCTION alarm.assign(bigint[], integer[], text[]) FROM PUBLIC;
