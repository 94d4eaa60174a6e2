CREATE OR REPLACE FUNCTION alarm.bundle_signals(
    condition text, equipment_id text[], bundle_kind text[], power text[]
) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_missing alarm.signal[] := alarm.missing_bundle_signals(
        bundle_signals.condition, bundle_signals.equipment_id, bundle_signals.bundle_kind, bundle_signals.power);
BEGIN
    IF v_missing IS NULL THEN
        RETURN;
    END IF;
    IF ops.try_lock('alarm.assign') THEN
        BEGIN
            -- the first bundle takes the signal that waited for it
            UPDATE alarm.signal AS g
            SET bundle_kind = f.bundle_kind, power = f.power
            FROM (SELECT DISTINCT ON (m.rule_id, m.equipment_id) m.* FROM unnest(v_missing) AS m
                  ORDER BY m.rule_id, m.equipment_id, m.bundle_kind, m.power) AS f
            WHERE g.rule_id = f.rule_id AND g.equipment_id = f.equipment_id AND g.sensor_id IS NULL
              AND g.condition = bundle_signals.condition
              AND num_nonnulls(g.bundle_kind, g.power) = 0
              -- a verdict that named no bundle may have it already
              AND NOT EXISTS (SELECT FROM alarm.state AS s WHERE s.signal_id = g.id)
              AND NOT EXISTS (SELECT FROM alarm.hold AS h WHERE h.signal_id = g.id AND h.ended_at IS NULL);
        EXCEPTION WHEN unique_violation THEN
            -- another session made one of these at this moment, without the lock (below): what waited goes on waiting,
            -- and this session finds those or makes its own
            NULL;
        END;
    ELSE
        -- Somebody changes rules at this moment and does not see what is made here: alarm.tick gives it what he made of
        -- the rule.
        INSERT INTO alarm.unassigned (equipment_id)
        SELECT DISTINCT m.equipment_id FROM unnest(v_missing) AS m ORDER BY m.equipment_id
        ON CONFLICT DO NOTHING;
    END IF;
    INSERT INTO alarm.signal OVERRIDING SYSTEM VALUE
    SELECT (alarm.as_stored(m, nextval('alarm.signal_id_seq'), false)).*
    FROM unnest(alarm.missing_bundle_signals(
        bundle_signals.condition, bundle_signals.equipment_id, bundle_signals.bundle_kind, bundle_signals.power)) AS m
    ORDER BY m.equipment_id, m.rule_id, m.bundle_kind, m.power
    ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION alarm.bundle_signals(text, text[], text[], text[]) IS
    'Makes the signals that these machines'' bundles (arrays of equal length) lack, one for each rule of the condition '
    '(model_verdict, rul_below) that watches the machine: before what each first finds is judged, for a batch at once. '
    'Waits for nobody who changes rules.';
REVOKE ALL ON FUNCTION alarm.bundle_signals(text, text[], text[], text[]) FROM PUBLIC;
