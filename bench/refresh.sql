-- What a refresh costs when little has changed, on the Apache edition: with notes that name a sensor, and as it was, with notes for whole
-- buckets, in the same run. Needs an empty migrated database of its own, as a superuser:
--   psql -d DATABASE -f bench/refresh.sql [-v sensors=1000] [-v hours=2] [-v every='5 seconds']
\set ON_ERROR_STOP on
\if :{?sensors} \else \set sensors 1000 \endif
\if :{?hours} \else \set hours 2 \endif
\if :{?every} \else \set every '5 seconds' \endif
\set QUIET on
\pset footer off
SET client_min_messages = warning;
SET search_path = compat, public;
SELECT remove_continuous_aggregate_policy('rollup.reading_1m'), remove_continuous_aggregate_policy('rollup.reading_1h') \g /dev/null
INSERT INTO telemetry.reading (sensor_id, time, value)
SELECT s, t, random() FROM generate_series('2026-03-01 00:00Z', '2026-03-01 00:00Z'::timestamptz + make_interval(hours => :hours) - INTERVAL '1 microsecond', :'every'::interval) AS t, generate_series(1, :sensors) AS s;
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
VACUUM ANALYZE;

CREATE TEMPORARY TABLE result (n int, what text, notes_for text, aggregate text, notes bigint, groups bigint, read bigint, ms numeric);
CREATE FUNCTION pg_temp.rows(relation regclass, OUT read bigint, OUT written bigint) LANGUAGE sql AS $$
    SELECT coalesce(sum(x.seq_tup_read + coalesce(x.idx_tup_fetch, 0)), 0), coalesce(sum(x.n_tup_ins), 0)
    FROM pg_stat_xact_all_tables AS x JOIN pg_inherits AS i ON i.inhrelid = x.relid WHERE i.inhparent = relation $$;
CREATE PROCEDURE pg_temp.refresh(p_n int, p_what text, p_for text) LANGUAGE plpgsql AS $$
DECLARE
    c record;
    v_notes bigint;
    v_start timestamptz;
    v_ms numeric;
    -- what the session counted before and has not reported yet
    v_read bigint;
    v_written bigint;
BEGIN
    FOR c IN SELECT a.*, s.relation FROM compat.continuous_aggregate AS a JOIN compat.source AS s USING (source_id) WHERE a.view_name IN ('reading_1m', 'reading_1h') ORDER BY continuous_aggregate_id LOOP
        IF p_for = 'bucket' THEN
            UPDATE compat.invalidation SET key = NULL WHERE continuous_aggregate_id = c.continuous_aggregate_id;
        END IF;
        SELECT count(*) INTO v_notes FROM compat.invalidation WHERE continuous_aggregate_id = c.continuous_aggregate_id AND NOT upper_inf(period);
        COMMIT;
        v_read := (pg_temp.rows(c.relation)).read;
        v_written := (pg_temp.rows(format('compat.%I', c.materialization))).written;
        v_start := clock_timestamp();
        PERFORM compat.materialize(c.continuous_aggregate_id, '-infinity', 'infinity');
        v_ms := extract(epoch FROM clock_timestamp() - v_start) * 1000;
        INSERT INTO result SELECT p_n, p_what, p_for, c.view_name, v_notes, (pg_temp.rows(format('compat.%I', c.materialization))).written - v_written,
            (pg_temp.rows(c.relation)).read - v_read, v_ms;
        COMMIT;
    END LOOP;
END $$;
-- the first call of a session plans; it is not counted
CREATE TEMPORARY TABLE change (n int, what text, statement text);
INSERT INTO change VALUES (0, '', 'UPDATE telemetry.reading SET value = 1 WHERE sensor_id = 1 AND time = ''2026-03-01 00:00Z'''),
    (1, 'one row', 'UPDATE telemetry.reading SET value = 2 WHERE sensor_id = 7 AND time = ''2026-03-01 00:30Z'''),
    (2, 'a row of each of 60 minutes of one sensor', 'UPDATE telemetry.reading SET value = 3 WHERE sensor_id = 8 AND time = ANY (ARRAY(SELECT generate_series(''2026-03-01 00:30Z''::timestamptz, ''2026-03-01 01:29Z'', ''1 minute'')))'),
    (3, 'an hour of ten sensors, all their rows', 'UPDATE telemetry.reading SET value = 4 WHERE sensor_id <= 10 AND time >= ''2026-03-01 00:30Z'' AND time < ''2026-03-01 01:30Z'''),
    (4, 'a row of 100 sensors in one minute', 'UPDATE telemetry.reading SET value = 5 WHERE sensor_id <= 100 AND time = ''2026-03-01 00:30Z'''),
    (5, 'a row of every sensor in one minute', 'UPDATE telemetry.reading SET value = 6 WHERE time = ''2026-03-01 00:30Z''');
SELECT c.statement, format('CALL pg_temp.refresh(%s, %L, %L)', c.n, c.what, f) FROM change AS c, unnest('{key,bucket}'::text[]) AS f ORDER BY c.n, f DESC \gexec
\echo 'refresh of what changed: notes for a key (now) and for whole buckets (before)'
SELECT r.what AS changed, r.aggregate, b.groups AS "groups before", r.groups AS "now", b.read AS "rows read before", r.read AS "now", round(b.ms, 1) AS "ms before", round(r.ms, 1) AS "now", round(b.ms / r.ms, 1) AS times
FROM result AS r JOIN result AS b USING (n, aggregate) WHERE r.notes_for = 'key' AND b.notes_for = 'bucket' AND n > 0 ORDER BY n, aggregate DESC;

-- the triggers: live batches (after every threshold) and late ones, with keys noted and without
CREATE TEMPORARY TABLE write_cost (kind text, notes_for text, ms float8);
CREATE PROCEDURE pg_temp.write(p_for text, p_rounds int, p_offset int) LANGUAGE plpgsql AS $$
DECLARE
    v_start timestamptz;
    k record;
BEGIN
    FOR i IN 1 .. p_rounds LOOP
        FOR k IN SELECT * FROM (VALUES ('live, 300 sensors', '2026-03-02 00:00Z'::timestamptz, 300), ('late, 300 sensors', '2026-03-01 00:00Z', 300), ('late, one sensor', '2026-03-01 00:00Z', 1)) AS v (kind, at, sensors) LOOP
            v_start := clock_timestamp();
            INSERT INTO telemetry.reading (sensor_id, time, value)
            SELECT s, k.at + make_interval(secs => x * 0.5 + i * 20 + 0.001 * p_offset), 1 FROM generate_series(1, k.sensors) AS s, generate_series(1, 13 * 300 / k.sensors / 2) AS x ON CONFLICT DO NOTHING;
            INSERT INTO write_cost VALUES (k.kind, p_for, extract(epoch FROM clock_timestamp() - v_start) * 1000);
            COMMIT;
        END LOOP;
    END LOOP;
END $$;
CREATE FUNCTION pg_temp.keys(p_on boolean) RETURNS void LANGUAGE sql AS $$
    UPDATE compat.source SET key_column = CASE WHEN p_on THEN 'sensor_id' END WHERE relation = 'telemetry.reading'::regclass;
    SELECT compat.watch_source(source_id) FROM compat.source WHERE relation = 'telemetry.reading'::regclass $$;
SELECT format('DO $$BEGIN PERFORM pg_temp.keys(%L); END$$', f = 'key'), format('CALL pg_temp.write(%L, 5, %s)', f, i * 2 + CASE f WHEN 'key' THEN 1 ELSE 0 END)
FROM generate_series(1, 6) AS i, unnest('{key,bucket}'::text[]) AS f \gexec
\echo 'writing 3,900 rows: notes for a key (now) and for whole buckets (before), medians'
SELECT w.kind, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE notes_for = 'bucket')::numeric, 1) AS "ms before",
    round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE notes_for = 'key')::numeric, 1) AS "now",
    round((percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE notes_for = 'key') / percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE notes_for = 'bucket'))::numeric, 2) AS ratio
FROM write_cost AS w GROUP BY w.kind ORDER BY w.kind DESC;
