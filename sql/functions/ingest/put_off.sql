CREATE OR REPLACE FUNCTION ingest.put_off(
    INOUT sensor_id integer[], INOUT "time" timestamptz[], INOUT value float8[], INOUT quality smallint[],
        INOUT is_historical boolean[],
    OUT accepted integer, OUT same_time integer, OUT replaced integer
)
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_sensor integer[] := put_off.sensor_id;
    v_time timestamptz[] := put_off.time;
    v_value float8[] := put_off.value;
    v_quality smallint[] := put_off.quality;
    v_historical boolean[] := put_off.is_historical;
    v_live timestamptz := telemetry.live_from();
    v_most integer := ops.setting_int('ingest.live_chunks');
    v_open tstzmultirange;
    v_met record;
BEGIN
    -- Chunks that exist between the oldest and the newest old point, if they are few; those in columns are left to the
    -- lane.
    SELECT CASE WHEN count(*) <= v_most THEN range_agg(tstzrange(
               _timescaledb_functions.to_timestamp(s.range_start),
               _timescaledb_functions.to_timestamp(s.range_end))) FILTER (WHERE s.is_open) END
    INTO v_open
    FROM (
        SELECT d.range_start, d.range_end,
               EXISTS (SELECT FROM _timescaledb_catalog.chunk_constraint AS k
                       JOIN _timescaledb_catalog.chunk AS c ON c.id = k.chunk_id
                       WHERE k.dimension_slice_id = d.id AND c.status = 0) AS is_open
        FROM (SELECT min(u.time) AS oldest, max(u.time) AS newest FROM unnest(v_time) AS u (time)
              WHERE u.time < v_live) AS b
        CROSS JOIN LATERAL (
            SELECT n.* FROM _timescaledb_catalog.dimension_slice AS n
            WHERE n.dimension_id = (SELECT r.id FROM telemetry.reading_dimension() AS r)
              AND n.range_start <= _timescaledb_functions.to_unix_microseconds(b.newest)
            ORDER BY n.range_start DESC
            LIMIT v_most + 1
        ) AS d
        WHERE d.range_end > _timescaledb_functions.to_unix_microseconds(b.oldest)
    ) AS s;

    WITH given AS MATERIALIZED (
        SELECT u.*, row_number() OVER (PARTITION BY u.sensor_id, u.time ORDER BY u.ordinal) AS n
        FROM unnest(v_sensor, v_time, v_value, v_quality) WITH ORDINALITY AS u (sensor_id, time, value, quality,
             ordinal)
        WHERE u.time < v_live AND (v_open @> u.time) IS NOT TRUE
    ), added AS (
        INSERT INTO ingest.backlog (time, value, sensor_id, quality)
        SELECT g.time, g.value, g.sensor_id, g.quality
        FROM given AS g
        WHERE g.n = 1
        -- in the order of the key: two batches that bring the same points wait for each other instead of deadlocking
        ORDER BY g.time, g.sensor_id
        ON CONFLICT DO NOTHING
        RETURNING time, sensor_id
    )
    SELECT count(a.time) FILTER (WHERE g.n = 1) AS accepted,
           array_agg(g.sensor_id ORDER BY g.ordinal) FILTER (WHERE g.n > 1 OR a.time IS NULL) AS sensor_id,
           array_agg(g.time ORDER BY g.ordinal) FILTER (WHERE g.n > 1 OR a.time IS NULL) AS time,
           array_agg(g.value ORDER BY g.ordinal) FILTER (WHERE g.n > 1 OR a.time IS NULL) AS value,
           array_agg(g.quality ORDER BY g.ordinal) FILTER (WHERE g.n > 1 OR a.time IS NULL) AS quality
    INTO v_met
    FROM given AS g LEFT JOIN added AS a ON a.time = g.time AND a.sensor_id = g.sensor_id;
    accepted := v_met.accepted; same_time := 0; replaced := 0;
    IF v_met.sensor_id IS NOT NULL THEN
        SELECT accepted + t.kept, t.kept, t.replaced INTO accepted, same_time, replaced
        FROM ingest.settle_same_time('ingest.backlog', v_met.sensor_id, v_met.time, v_met.value, v_met.quality,
                                     array_fill(true, ARRAY[cardinality(v_met.sensor_id)])) AS t;
    END IF;

    SELECT array_agg(u.sensor_id ORDER BY u.ordinal), array_agg(u.time ORDER BY u.ordinal),
           array_agg(u.value ORDER BY u.ordinal),
           array_agg(u.quality ORDER BY u.ordinal), array_agg(u.is_historical ORDER BY u.ordinal)
    INTO sensor_id, "time", value, quality, is_historical
    FROM unnest(v_sensor, v_time, v_value, v_quality, v_historical) WITH ORDINALITY
        AS u (sensor_id, time, value, quality, is_historical, ordinal)
    WHERE u.time >= v_live
       -- one that waits since before its chunk was made is a duplicate
       OR v_open @> u.time AND NOT EXISTS (SELECT FROM ingest.backlog AS b
                                           WHERE b.time = u.time AND b.sensor_id = u.sensor_id AND b.value = u.value);
END
$$;
COMMENT ON FUNCTION ingest.put_off(integer[], timestamptz[], float8[], smallint[], boolean[]) IS
    'Puts points of long ago, for which no open chunk exists, into ingest.backlog; returns the others and how many it '
    'put there (a point that waits there already is none; another value at its time: ingest.settle_same_time). Called '
    'by ingest.store in the transaction that acknowledges them.';
REVOKE ALL ON FUNCTION ingest.put_off(integer[], timestamptz[], float8[], smallint[], boolean[]) FROM PUBLIC;
