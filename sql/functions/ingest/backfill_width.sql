CREATE OR REPLACE FUNCTION ingest.backfill_width(at timestamptz, usual bigint, live timestamptz) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- a chunk narrower than the widest holds at least so many points, or stands where history ends: so chunks never
    -- outgrow points
    c_least CONSTANT integer := 5000;
    c_most CONSTANT integer := ops.setting_int('telemetry.history_chunk_points');
    v_width bigint[];
    v_ends timestamptz[];
BEGIN
    -- the blocks around the point, each twice as wide as the one before and holding it
    SELECT array_agg(w.width ORDER BY w.width), array_agg(_timescaledb_functions.to_timestamp(h.ends) ORDER BY w.width)
    INTO v_width, v_ends
    FROM generate_series(0, round(log(2, telemetry.longest_width(usual)::numeric / usual))::integer) AS n
    CROSS JOIN LATERAL (VALUES (usual << n)) AS w (width)
    CROSS JOIN LATERAL telemetry.history_block(_timescaledb_functions.to_unix_microseconds(backfill_width.at),
                                               w.width) AS h
    WHERE n = 0 OR _timescaledb_functions.to_timestamp(h.ends) <= live;

    RETURN (
        WITH bucket AS (
            -- one look at what waits: how many points end in which block
            SELECT width_bucket(p.time, v_ends) AS place, count(*) AS points, max(p.time) AS last
            FROM (SELECT l.time FROM ingest.backlog AS l
                  WHERE l.time >= backfill_width.at AND l.time < v_ends[cardinality(v_ends)]
                  ORDER BY l.time, l.sensor_id LIMIT c_most + 1) AS p
            GROUP BY 1
        )
        SELECT max(b.width)
        FROM (
            SELECT w.width, w.place, sum(k.points) AS points,
                   extract(epoch FROM max(k.last) - backfill_width.at) * 1000000 AS span
            FROM unnest(v_width) WITH ORDINALITY AS w (width, place)
            LEFT JOIN bucket AS k ON k.place < w.place
            GROUP BY w.width, w.place
        ) AS b
        WHERE b.place = 1 OR b.points <= c_most
            -- what waits may be the beginning only: many points close together say how dense the rest will be
            AND (b.points < c_least OR b.points * (b.width / greatest(b.span, 1)) <= c_most));
END
$$;
COMMENT ON FUNCTION ingest.backfill_width(timestamptz, bigint, timestamptz) IS
    'How wide (microseconds) the chunk for the backlog''s point at this time should be, by what waits there: for as '
    'many points as the setting telemetry.history_chunk_points says, and not beyond the end of history (live). usual '
    'is the width of a live chunk.';
REVOKE ALL ON FUNCTION ingest.backfill_width(timestamptz, bigint, timestamptz) FROM PUBLIC;
