CREATE OR REPLACE FUNCTION alarm.rul_estimate(equipment_id text, "time" timestamptz, rul float8, data jsonb DEFAULT '{}') RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_transitions bigint[] := ARRAY[]::bigint[];
    v_signals bigint[];
BEGIN
    SELECT array_agg(g.id ORDER BY g.id) INTO v_signals
    FROM alarm.signal AS g
    WHERE g.equipment_id = rul_estimate.equipment_id AND g.condition = 'rul_below' AND g.assigned;
    IF v_signals IS NULL OR alarm.finite_or_null(rul_estimate.rul) IS NULL THEN
        RETURN 0;
    END IF;
    v_transitions := alarm.feed(v_signals, array_fill(rul_estimate.time, ARRAY[cardinality(v_signals)]),
                                array_fill(rul_estimate.rul, ARRAY[cardinality(v_signals)]), NULL, rul_estimate.data);
    RETURN alarm.announce(v_transitions);
END
$$;
COMMENT ON FUNCTION alarm.rul_estimate(text, timestamptz, float8, jsonb) IS
    'One estimate of an equipment''s remaining useful life (unit of the rules'' limits) for the rul_below rules that select it; data goes into the alarm. Returns the outbox rows written.';
REVOKE ALL ON FUNCTION alarm.rul_estimate(text, timestamptz, float8, jsonb) FROM PUBLIC;
