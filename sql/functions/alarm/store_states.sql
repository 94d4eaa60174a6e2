CREATE OR REPLACE FUNCTION alarm.store_states(outcomes alarm.outcome[]) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_every interval := ops.setting_interval('alarm.checkpoint_every');
BEGIN
    INSERT INTO alarm.state AS s (signal_id, sensor_id, idle, active, since, next_due, last_time, last_value, zone,
                                  peak,
                                  anchor_time, anchor_value, raises, chattering, checkpoint_at)
    SELECT o.signal_id, g.sensor_id, o.active = 0
        AND o.next_due IS NULL, o.active, o.since, o.next_due, o.last_time, o.last_value,
           o.zone, o.peak, o.anchor_time, o.anchor_value, o.raises, o.chattering, o.last_time
    FROM unnest(store_states.outcomes) AS o
    JOIN alarm.signal AS g ON g.id = o.signal_id
    ORDER BY o.signal_id
    ON CONFLICT (signal_id) DO UPDATE SET
        idle = excluded.idle, active = excluded.active, since = excluded.since, next_due = excluded.next_due,
        last_time = excluded.last_time, last_value = excluded.last_value, zone = excluded.zone, peak = excluded.peak,
        anchor_time = excluded.anchor_time, anchor_value = excluded.anchor_value, raises = excluded.raises,
        chattering = excluded.chattering,
        checkpoint_at = CASE WHEN excluded.last_time < s.checkpoint_at + v_every THEN s.checkpoint_at
                             ELSE excluded.last_time END;
END
$$;
COMMENT ON FUNCTION alarm.store_states(alarm.outcome[]) IS
    'Writes the states of machines as alarm.run left them. The caller holds the locks on those that there are. Part of '
    'alarm.settle.';
REVOKE ALL ON FUNCTION alarm.store_states(alarm.outcome[]) FROM PUBLIC;
