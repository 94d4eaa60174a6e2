CREATE OR REPLACE FUNCTION alarm.assign(rules bigint[], sensors integer[], machines text[] DEFAULT NULL) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_rules alarm.rule[];
    v_changed alarm.signal[];
    v_count integer;
    v_sensors integer[] := assign.sensors;
BEGIN
    -- Who changes rules and who registers sensors must not each miss what the other has not committed yet, and two who
    -- change rules must not each work out a quiet band without the other's rule. Ingest, which registers, waits for
    -- nobody: alarm.assign_new asks for this first.
    PERFORM ops.lock('alarm.assign');

    -- A rule of a family competes with the whole family.
    SELECT array_agg(r) INTO v_rules
    FROM alarm.rule AS r
    WHERE r.enabled
      AND (assign.rules IS NULL OR r.id = ANY (assign.rules)
           OR r.family IN (SELECT f.family FROM alarm.rule AS f WHERE f.id = ANY (assign.rules)));

    WITH found AS MATERIALIZED (
        SELECT c AS signal, (c).rule_id, (c).equipment_id, (c).sensor_id
        FROM (
            SELECT alarm.compile(r, m.equipment_id, m.sensor_id, m.specificity) AS c,
                   row_number() OVER (PARTITION BY m.equipment_id, m.sensor_id, r.family
                                      ORDER BY m.specificity DESC, r.id) AS place,
                   r.family
            FROM alarm.match(v_rules, v_sensors, assign.machines) AS m
            JOIN unnest(v_rules) AS r ON r.id = m.rule_id
        ) AS x
        WHERE (x.family IS NULL OR x.place = 1) AND (x.c).rule_id IS NOT NULL
    ), wanted AS MATERIALIZED (
        SELECT f.* FROM found AS f WHERE f.sensor_id IS NOT NULL
        UNION ALL
        -- one for each bundle (kind and power) that ever found something on the machine, or one that waits for the
        -- first
        SELECT alarm.as_spoken(f.signal, b.bundle_kind, b.power), f.rule_id, f.equipment_id, f.sensor_id
        FROM found AS f
        LEFT JOIN (
            SELECT DISTINCT g.equipment_id, g.condition, g.bundle_kind, g.power FROM alarm.signal AS g
            WHERE g.sensor_id IS NULL AND (g.assigned OR num_nonnulls(g.bundle_kind, g.power) > 0)
              -- of a power whose bundles were all taken out of service nobody would ever say that it is calm again
              AND ('retired' <> ALL (ARRAY(SELECT m.status FROM ml.serve_ml_models AS m
                                           WHERE m.equipment_id = g.equipment_id AND m.power = g.power))
                   OR EXISTS (SELECT FROM ml.serve_ml_models AS m
                              WHERE m.equipment_id = g.equipment_id AND m.power = g.power AND m.status <> 'retired'))
        ) AS b ON b.equipment_id = f.equipment_id AND b.condition = (f.signal).condition
        WHERE f.sensor_id IS NULL
    ), known AS MATERIALIZED (
        -- Which row a pair has already, looked up by the whole key; after this rows are compared by their number alone.
        -- A join by a part of the key is quadratic in a machine's pairs: 75,000 took four minutes.
        SELECT f.signal, coalesce(g.id, m.id) AS id
        FROM wanted AS f
        LEFT JOIN alarm.signal AS g ON g.rule_id = f.rule_id AND g.equipment_id = f.equipment_id
            AND g.sensor_id = f.sensor_id
        LEFT JOIN alarm.signal AS m ON f.sensor_id IS NULL AND m.rule_id = f.rule_id AND m.equipment_id = f.equipment_id
            AND m.sensor_id IS NULL AND m.bundle_kind IS NOT DISTINCT FROM (f.signal).bundle_kind
            AND m.power IS NOT DISTINCT FROM (f.signal).power
    ), ended AS (
        UPDATE alarm.signal AS g
        SET assigned = false
        WHERE g.assigned
          AND (assign.rules IS NULL OR g.rule_id = ANY (assign.rules)
               OR g.rule_id IN (SELECT r.id FROM unnest(v_rules) AS r))
          AND (v_sensors IS NULL OR g.sensor_id = ANY (v_sensors)
               OR (g.sensor_id IS NULL
                   AND (g.equipment_id = ANY (assign.machines)
                        OR g.equipment_id IN (SELECT s.equipment_id FROM plant.sensor AS s
                                              WHERE s.id = ANY (v_sensors)))))
          AND g.id NOT IN (SELECT k.id FROM known AS k WHERE k.id IS NOT NULL)
        RETURNING g.sensor_id
    ), changed AS (
        -- every compiled column counts, whatever columns there are: only the row's own two are taken over before the
        -- comparison
        SELECT n.signal
        FROM known AS k
        LEFT JOIN alarm.signal AS g ON g.id = k.id
        CROSS JOIN LATERAL (SELECT alarm.as_stored(k.signal, g.id, g.fresh) AS signal OFFSET 0) AS n
        WHERE g IS DISTINCT FROM n.signal
    )
    SELECT (SELECT array_agg(c.signal) FROM changed AS c),
           (SELECT array_agg(e.sensor_id ORDER BY e.sensor_id) FILTER (WHERE e.sensor_id IS NOT NULL) FROM ended AS e),
           (SELECT count(*) FROM ended)
    INTO v_changed, v_sensors, v_count;

    -- A row is replaced as a whole, under its own number: no list of columns that could forget one.
    DELETE FROM alarm.signal AS g USING unnest(v_changed) AS c WHERE g.id = c.id;
    INSERT INTO alarm.signal OVERRIDING SYSTEM VALUE
    SELECT (alarm.as_stored(c, coalesce(c.id, nextval('alarm.signal_id_seq')), true)).* FROM unnest(v_changed) AS c;
    v_count := v_count + coalesce(cardinality(v_changed), 0);
    v_sensors := v_sensors || ARRAY(SELECT c.sensor_id FROM unnest(v_changed) AS c WHERE c.sensor_id IS NOT NULL);

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
    'Works out anew which sensors rules watch (NULL: all rules, all sensors; machines: whole ones, also those without '
    'sensors) and each touched sensor''s quiet band; returns how many pairs changed. Only changes what differs. What '
    'an ended pair leaves behind, and what stands against new limits, alarm.tick sees to.';
REVOKE ALL ON FUNCTION alarm.assign(bigint[], integer[], text[]) FROM PUBLIC;
