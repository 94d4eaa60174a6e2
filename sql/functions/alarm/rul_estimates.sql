CREATE OR REPLACE FUNCTION alarm.rul_estimates(
    equipment_id text[], "time" timestamptz[], rul float8[], data jsonb[]
) RETURNS bigint[]
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_new record;
    v_signals bigint[];
    v_transitions bigint[] := ARRAY[]::bigint[];
BEGIN
    -- who speaks, as of verdicts: an estimate of one bundle ends no other one's alarm
    PERFORM alarm.bundle_signals('rul_below', array_agg(e.equipment_id), array_agg(e.data ->> 'bundle_kind'),
                                 array_agg(e.data ->> 'power'))
    FROM unnest(rul_estimates.equipment_id, rul_estimates.rul, rul_estimates.data) AS e (equipment_id, rul, data)
    WHERE alarm.finite_or_null(e.rul) IS NOT NULL AND EXISTS (
        SELECT FROM alarm.signal AS g
        WHERE g.equipment_id = e.equipment_id AND g.condition = 'rul_below' AND g.assigned AND e.rul < g.quiet_low)
    HAVING count(*) > 0;
    -- A loop, because an alarm's state depends on the estimate before it; ordered by machine and bundle, so that two
    -- callers that share them take their locks in one order.
    FOR v_new IN
        WITH estimate AS MATERIALIZED (
            SELECT e.equipment_id, e.time, e.rul, e.data, e.data ->> 'bundle_kind' AS kind, e.data ->> 'power' AS power
            FROM unnest(rul_estimates.equipment_id, rul_estimates.time, rul_estimates.rul, rul_estimates.data)
                AS e (equipment_id, "time", rul, data)
            WHERE alarm.finite_or_null(e.rul) IS NOT NULL
        ), awake AS MATERIALIZED (
            -- All others are calm and stay so, at no cost: nothing of them stands or waits, and none of these is low.
            SELECT l.equipment_id, l.kind, l.power
            FROM (SELECT e.equipment_id, e.kind, e.power, min(e.rul) AS rul FROM estimate AS e GROUP BY 1, 2, 3) AS l
            WHERE EXISTS (
                SELECT FROM alarm.signal AS g
                LEFT JOIN alarm.state AS s ON s.signal_id = g.id
                WHERE g.equipment_id = l.equipment_id AND g.condition = 'rul_below' AND g.assigned
                  AND g.bundle_kind IS NOT DISTINCT FROM l.kind AND g.power IS NOT DISTINCT FROM l.power
                  AND (l.rul < g.quiet_low OR NOT s.idle))
        )
        SELECT e.*
        FROM estimate AS e
        JOIN awake AS w ON w.equipment_id = e.equipment_id AND w.kind IS NOT DISTINCT FROM e.kind
            AND w.power IS NOT DISTINCT FROM e.power
        ORDER BY e.equipment_id, e.kind, e.power, e.time
    LOOP
        SELECT array_agg(g.id ORDER BY g.id) INTO v_signals
        FROM alarm.signal AS g
        WHERE g.equipment_id = v_new.equipment_id AND g.condition = 'rul_below' AND g.assigned
          AND g.bundle_kind IS NOT DISTINCT FROM v_new.kind AND g.power IS NOT DISTINCT FROM v_new.power;
        CONTINUE WHEN v_signals IS NULL;
        v_transitions := v_transitions || alarm.feed(
            v_signals, array_fill(v_new.time, ARRAY[cardinality(v_signals)]),
            array_fill(v_new.rul, ARRAY[cardinality(v_signals)]), NULL, v_new.data);
    END LOOP;
    RETURN v_transitions;
END
$$;
COMMENT ON FUNCTION alarm.rul_estimates(text[], timestamptz[], float8[], jsonb[]) IS
    'Estimates of remaining useful life (arrays of equal length, in the unit of the rules'' limits) for the rul_below '
    'rules that select their machines; data goes into the alarm, and its members bundle_kind and power say which of '
    'the machine''s bundles speaks: each has its own alarm. Returns the transitions, which the caller announces at its '
    'end.';
REVOKE ALL ON FUNCTION alarm.rul_estimates(text[], timestamptz[], float8[], jsonb[]) FROM PUBLIC;
