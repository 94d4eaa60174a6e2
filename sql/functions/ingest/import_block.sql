CREATE OR REPLACE FUNCTION ingest.import_block(
    p_import bigint, p_records_from bigint, p_records_to bigint, p_points bigint)
    RETURNS TABLE (line bigint, reason text, detail text)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
    v_now timestamptz := clock_timestamp();
    v_latest timestamptz := v_now + ops.setting_interval('ingest.future_tolerance');
    v_earliest timestamptz := ingest.earliest_time(v_now);
    v_first timestamptz;
    v_last timestamptz;
    v_given bigint;
    v_stored bigint := 0;
    v_duplicates bigint := 0;
    v_there float8[];
    v_sensor integer[];
    v_value float8[];
    v_n integer[];
    v_reason text[];
    v_mismatch integer[];
BEGIN
    -- a table of the caller's own could run anything as us
    IF NOT EXISTS (
        SELECT FROM pg_class AS c
        WHERE c.oid = to_regclass('pg_temp.import_staging') AND c.relkind = 'r' AND c.relowner = 'millwright'::regrole
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW409', MESSAGE = 'ingest.begin_import was not called in this session';
    END IF;

    -- Held to commit: of two runs with one file the second finds its block done.
    UPDATE ingest.import AS i SET updated_at = v_now WHERE i.id = p_import AND i.records_done = p_records_from;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'MW409', MESSAGE = 'another run is importing this file';
    END IF;

    -- into the sensors' units, each pair of units looked up once
    IF EXISTS (SELECT FROM pg_temp.import_staging AS i WHERE i.unit IS NOT NULL) THEN
        WITH pair AS MATERIALIZED (
            SELECT u.sensor_id, s.type, u.unit, c.*
            FROM (SELECT DISTINCT i.sensor_id, i.unit FROM pg_temp.import_staging AS i WHERE i.unit IS NOT NULL) AS u
            JOIN plant.sensor AS s ON s.id = u.sensor_id
            CROSS JOIN LATERAL ingest.conversion(u.unit, s.unit) AS c
        ), converted AS (
            UPDATE pg_temp.import_staging AS i
            SET value = plant.converted(i.value, p.before, p.multiplier, p.divisor, p.after)
            FROM pair AS p
            WHERE i.sensor_id = p.sensor_id AND i.unit = p.unit AND p.multiplier IS NOT NULL
              AND NOT ingest.is_mark(p.sensor_id, p.type, i.value)
        )
        SELECT array_agg(i.n) INTO v_mismatch
        FROM pg_temp.import_staging AS i
        JOIN pair AS p ON p.sensor_id = i.sensor_id AND p.unit = i.unit
        WHERE p.multiplier IS NULL AND NOT ingest.is_mark(p.sensor_id, p.type, i.value);
    END IF;

    -- what must not be stored goes first, with the reasons of ingest.quarantine; n counts from 1, so that it is the
    -- place
    SELECT array_agg(s.sensor_id), array_agg(s.value) INTO v_sensor, v_value
    FROM (SELECT i.sensor_id, i.value FROM pg_temp.import_staging AS i ORDER BY i.n) AS s;
    SELECT array_agg(b.n), array_agg(b.reason) INTO v_n, v_reason
    FROM (
        SELECT g.ordinal::integer AS n, g.error AS reason FROM ingest.implausible(v_sensor, v_value) AS g
        UNION ALL
        SELECT s.n, CASE WHEN s.time > v_latest THEN 'future_timestamp' ELSE ingest.too_old(s.time, v_now) END
        FROM pg_temp.import_staging AS s
        WHERE s.time > v_latest OR s.time < v_earliest
        UNION ALL
        SELECT u.n, 'unit_mismatch' FROM unnest(v_mismatch) AS u (n)
    ) AS b;
    IF v_n IS NOT NULL THEN
        RETURN QUERY
        WITH bad AS (
            SELECT DISTINCT ON (u.n) u.n, u.reason FROM unnest(v_n, v_reason) AS u (n, reason) ORDER BY u.n, u.reason
        ), gone AS (
            DELETE FROM pg_temp.import_staging AS s USING bad AS b WHERE s.n = b.n RETURNING s.*, b.reason
        )
        SELECT g.line, g.reason, concat_ws(' ', e.equipment_id, e.name, g.time, g.value, g.unit)
        FROM gone AS g LEFT JOIN plant.sensor AS e ON e.id = g.sensor_id
        ORDER BY g.n;
    END IF;
    SELECT min(s.time), max(s.time), count(*) INTO v_first, v_last, v_given FROM pg_temp.import_staging AS s;

    IF v_given > 0 THEN
        -- sparse history gets wide chunks (docs/adr/0008)
        IF v_first < telemetry.live_from() THEN
            PERFORM telemetry.begin_history(v_first, v_last, greatest(p_points, v_given));
        END IF;
        BEGIN
            INSERT INTO telemetry.reading (time, value, sensor_id, quality, is_historical)
            SELECT s.time, ops.carried(s.value), s.sensor_id, s.quality, true
            FROM pg_temp.import_staging AS s
            -- by the primary key: an index is filled twice as fast in order
            ORDER BY s.sensor_id, s.time;
            v_stored := v_given;
        EXCEPTION WHEN unique_violation THEN
            WITH added AS (
                INSERT INTO telemetry.reading (time, value, sensor_id, quality, is_historical)
                SELECT DISTINCT ON (s.sensor_id, s.time) s.time, ops.carried(s.value), s.sensor_id, s.quality, true
                FROM pg_temp.import_staging AS s
                ORDER BY s.sensor_id, s.time, s.n
                ON CONFLICT DO NOTHING
                RETURNING sensor_id, time, value
            ), met AS (
                -- of each key that was added the first row is stored; every other row meets a value
                SELECT s.n, ops.carried(s.value) AS value, coalesce(a.value, r.value) AS there,
                       a.sensor_id IS NOT NULL
                           AND row_number() OVER (PARTITION BY s.sensor_id, s.time ORDER BY s.n) = 1 AS is_stored
                FROM pg_temp.import_staging AS s
                LEFT JOIN added AS a ON a.sensor_id = s.sensor_id AND a.time = s.time
                LEFT JOIN telemetry.reading AS r
                    ON r.sensor_id = s.sensor_id AND r.time = s.time AND r.time BETWEEN v_first AND v_last
            )
            SELECT count(*) FILTER (WHERE m.is_stored), count(*) FILTER (WHERE NOT m.is_stored AND m.value = m.there),
                   array_agg(m.n) FILTER (WHERE NOT m.is_stored AND m.value IS DISTINCT FROM m.there),
                   array_agg(m.there) FILTER (WHERE NOT m.is_stored AND m.value IS DISTINCT FROM m.there)
            INTO v_stored, v_duplicates, v_n, v_there
            FROM met AS m;
            RETURN QUERY
            SELECT s.line, 'conflicting_value',
                   format('%s %s %s %s: %s is there', e.equipment_id, e.name, s.time, s.value,
                          coalesce(u.there::text, 'another'))
            FROM unnest(v_n, v_there) AS u (n, there)
            JOIN pg_temp.import_staging AS s ON s.n = u.n
            LEFT JOIN plant.sensor AS e ON e.id = s.sensor_id
            ORDER BY s.n;
        END;
        PERFORM telemetry.end_history();
    END IF;
    UPDATE ingest.import AS i
    SET records_done = p_records_to, stored = i.stored + v_stored, duplicates = i.duplicates + v_duplicates,
        finished_at = CASE WHEN p_records_to = i.records THEN v_now END
    WHERE i.id = p_import;
END
$$;
COMMENT ON FUNCTION ingest.import_block(bigint, bigint, bigint, bigint) IS
    'Takes the rows of pg_temp.import_staging, the points of the file''s records p_records_from (not included) to '
    'p_records_to, into telemetry.reading as history: no live alarm, no latest value; and the file''s progress with '
    'them. p_points: how many points the whole file has in the time that these span. Returns what was refused: line, '
    'reason, detail. MW409: another run is at this file.';
REVOKE ALL ON FUNCTION ingest.import_block(bigint, bigint, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.import_block(bigint, bigint, bigint, bigint) TO engineer;
