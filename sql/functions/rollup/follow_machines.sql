CREATE OR REPLACE FUNCTION rollup.follow_machines(p_now timestamptz, p_deadline timestamptz) RETURNS boolean
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_origin CONSTANT timestamptz := '2000-01-01 00:00Z';
    v_from timestamptz := (SELECT s.machines_to FROM rollup.day_state AS s);
    v_to timestamptz;
    v_first timestamptz;
BEGIN
    -- The quarter that runs, the one before (its last values come late), and all that were missed, an hour at a time. What lay before
    -- anybody looked comes by the notes of rollup.change.
    v_from := date_bin('15 minutes', greatest(v_from - INTERVAL '15 minutes', CASE WHEN v_from = '-infinity' THEN p_now - INTERVAL '1 hour' END), c_origin);
    WHILE v_from < p_now LOOP
        v_to := least(date_bin('15 minutes', v_from + INTERVAL '1 hour', c_origin), p_now);
        PERFORM rollup.refresh_machines(v_from, v_to);
        UPDATE rollup.day_state SET machines_to = v_to;
        EXIT WHEN clock_timestamp() > p_deadline;
        v_from := v_to;
    END LOOP;
    SELECT min(m.bucket) INTO v_first FROM rollup.machine_15m AS m;
    INSERT INTO rollup.calendar (bucket, bucket_end)
    SELECT d.bucket, d.bucket_end
    FROM (SELECT min(c.bucket) AS first, max(c.bucket_end) AS last FROM rollup.calendar AS c) AS c
    CROSS JOIN plant.time_zone() AS z (name)
    CROSS JOIN LATERAL (
        SELECT * FROM rollup.days(v_first, coalesce(c.first, p_now + INTERVAL '1 day'), z.name)
        UNION ALL
        SELECT * FROM rollup.days(c.last, p_now + INTERVAL '1 day', z.name) WHERE c.last < p_now + INTERVAL '1 day'
    ) AS d
    WHERE v_first < c.first OR c.first IS NULL OR c.last < p_now + INTERVAL '1 day'
    ON CONFLICT (bucket) DO NOTHING;
    RETURN NOT EXISTS (SELECT FROM rollup.day_state AS s WHERE s.machines_to < p_now);
END
$$;
COMMENT ON FUNCTION rollup.follow_machines(timestamptz, timestamptz) IS
    'Part of rollup.refresh: the quarters of an hour of all machines up to now, and the days that they lie in. '
    'False: the time was over before.';
REVOKE ALL ON FUNCTION rollup.follow_machines(timestamptz, timestamptz) FROM PUBLIC;
