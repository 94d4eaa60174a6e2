CREATE OR REPLACE FUNCTION rollup.refresh_machines(p_from timestamptz, p_to timestamptz, p_equipment_ids text[] DEFAULT NULL) RETURNS void
    LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO rollup.machine_15m AS m
    SELECT * FROM rollup.compute_machines(p_from, p_to, p_equipment_ids)
    ON CONFLICT (equipment_id, bucket) DO UPDATE SET running = excluded.running, idle = excluded.idle, stopped = excluded.stopped,
        unknown = excluded.unknown, starts = excluded.starts, energy = excluded.energy, points = excluded.points, heard = excluded.heard
    WHERE (m.running, m.idle, m.stopped, m.unknown, m.starts, m.energy, m.points, m.heard) IS DISTINCT FROM
        (excluded.running, excluded.idle, excluded.stopped, excluded.unknown, excluded.starts, excluded.energy, excluded.points, excluded.heard)
$$;
COMMENT ON FUNCTION rollup.refresh_machines(timestamptz, timestamptz, text[]) IS
    'Writes what rollup.compute_machines says into rollup.machine_15m, where it differs.';
REVOKE ALL ON FUNCTION rollup.refresh_machines(timestamptz, timestamptz, text[]) FROM PUBLIC;
