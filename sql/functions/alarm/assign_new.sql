CREATE OR REPLACE FUNCTION alarm.assign_new(machines text[]) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF ops.try_lock('alarm.assign') THEN
        PERFORM alarm.assign(NULL, alarm.sensors_of(assign_new.machines), assign_new.machines);
    ELSE
        -- somebody changes rules and may take his time over it: the batch that brought a new sensor does not wait
        -- A row that somebody else left must stay until this transaction ends: the clock would take it away before it
        -- can see what is registered here. Shared, so those who register do not wait for each other; gone meanwhile:
        -- once more.
        LOOP
            INSERT INTO alarm.unassigned (equipment_id) SELECT DISTINCT m FROM unnest(assign_new.machines) AS m
            WHERE m IS NOT NULL ORDER BY m
            ON CONFLICT DO NOTHING;
            PERFORM FROM alarm.unassigned AS u WHERE u.equipment_id = ANY (assign_new.machines)
                ORDER BY u.equipment_id FOR KEY SHARE;
            EXIT WHEN NOT EXISTS (
                SELECT FROM unnest(assign_new.machines) AS m
                WHERE m IS NOT NULL AND NOT EXISTS (SELECT FROM alarm.unassigned AS u WHERE u.equipment_id = m));
        END LOOP;
    END IF;
END
$$;
COMMENT ON FUNCTION alarm.assign_new(text[]) IS
    'Gives machines that were just registered, or got sensors, the rules that select them: at once, or by alarm.tick '
    'as soon as whoever is changing rules has committed. Never waits. All sensors of a machine are looked at, because '
    'a rule on two signals needs both.';
REVOKE ALL ON FUNCTION alarm.assign_new(text[]) FROM PUBLIC;
