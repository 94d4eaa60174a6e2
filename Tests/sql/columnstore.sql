-- Chunks in columns (Community; on Apache the same on rows): whatever way a point comes in, it is stored once, the aggregates agree with a
-- plain GROUP BY, and what is in columns is not taken out for it. The naive oracle is the table of what was sent.
SET search_path = compat, public;
SET client_min_messages = warning;
SELECT plan(31);
SELECT _timescaledb_functions.stop_background_workers() \g /dev/null
SELECT ops.edition() = 'community' AS is_community \gset
CREATE TABLE public.sent (sensor_id integer, "time" timestamptz, value float8, PRIMARY KEY (sensor_id, time));
INSERT INTO plant.equipment (id, name) VALUES ('c', 'c');
INSERT INTO plant.sensor (equipment_id, name) SELECT 'c', 's' || i FROM generate_series(1, 3) AS i;

CREATE FUNCTION public.day(back integer) RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT date_trunc('day', now(), 'UTC') - make_interval(days => back) $$;
-- 3 sensors, one point in 10 s, beginning with this second of the day
CREATE FUNCTION public.points(back integer, first float8) RETURNS TABLE (sensor_id integer, "time" timestamptz, value float8) LANGUAGE sql STABLE AS $$
    SELECT s.id, public.day(back) + make_interval(secs => i * 10 + first), back + s.id * 0.5 + i % 7
    FROM plant.sensor AS s, generate_series(0, 8638) AS i WHERE s.equipment_id = 'c' $$;
-- told to ingest in one batch of each sensor and hour
CREATE FUNCTION public.tell(back integer, first float8) RETURNS TABLE (stored bigint, duplicates bigint) LANGUAGE sql AS $$
    INSERT INTO public.sent SELECT * FROM public.points(back, first) ON CONFLICT DO NOTHING;
    SELECT sum((b.told).stored), sum((b.told).duplicates) FROM (
        SELECT ingest.store(array_agg(p.sensor_id ORDER BY p.time), array_agg(p.time ORDER BY p.time), array_agg(p.value ORDER BY p.time),
            array_agg(0::smallint), array_agg(false), now()) AS told
        FROM public.points(back, first) AS p GROUP BY p.sensor_id, date_trunc('hour', p.time)) AS b $$;
CREATE PROCEDURE public.put_into_columns() LANGUAGE plpgsql AS $$
BEGIN
    IF ops.edition() = 'community' THEN
        PERFORM public.compress_chunk(c) FROM public.show_chunks('telemetry.reading', older_than => INTERVAL '1 day') AS c;
        PERFORM public.compress_chunk(c) FROM public.show_chunks('rollup.reading_1m', older_than => INTERVAL '1 day') AS c;
    END IF;
END $$;
-- rows that stand outside of the columns, beside a chunk that lies in them
CREATE FUNCTION public.outside() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_chunk regclass;
    v_rows bigint;
    v_sum bigint := 0;
BEGIN
    FOR v_chunk IN SELECT format('%I.%I', c.schema_name, c.table_name) FROM _timescaledb_catalog.chunk AS c
        JOIN _timescaledb_catalog.hypertable AS h ON h.id = c.hypertable_id WHERE h.table_name = 'reading' AND c.status & 1 = 1
    LOOP
        EXECUTE format('SELECT count(*) FROM ONLY %s', v_chunk) INTO v_rows;
        v_sum := v_sum + v_rows;
    END LOOP;
    RETURN v_sum;
END $$;
CREATE FUNCTION public.holds(what text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN NEXT is_empty($q$(SELECT * FROM public.sent EXCEPT ALL SELECT sensor_id, time, value FROM telemetry.reading)
        UNION ALL (SELECT sensor_id, time, value FROM telemetry.reading EXCEPT ALL SELECT * FROM public.sent)$q$, what || ': stored once, and nothing else');
    RETURN NEXT is_empty($q$SELECT * FROM (SELECT sensor_id, date_trunc('minute', time) AS bucket, count(*), min(value), max(value), round(sum(value)::numeric, 6) FROM public.sent GROUP BY 1, 2) AS o
        FULL JOIN (SELECT sensor_id, bucket, count, min, max, round(sum::numeric, 6) FROM rollup.reading_1m) AS a USING (sensor_id, bucket)
        WHERE (o.count, o.min, o.max, o.round) IS DISTINCT FROM (a.count, a.min, a.max, a.round)$q$, what || ': the minutes agree');
END $$;

-- history, and days that the live path may still write
SELECT is((stored, duplicates)::text, '(25917,0)', 'history') FROM public.tell(40, 0);
SELECT is((stored, duplicates)::text, '(25917,0)', 'more of it') FROM public.tell(39, 0);
SELECT is((stored, duplicates)::text, '(25917,0)', 'and of the live days') FROM public.tell(3, 0);
DO $$ BEGIN WHILE ingest.backfill() > 0 LOOP END LOOP; END $$;
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, now() - INTERVAL '1 day');
\if :is_community
ALTER TABLE telemetry.reading SET (timescaledb.enable_columnstore = true, timescaledb.segmentby = 'sensor_id', timescaledb.orderby = 'time DESC');
ALTER MATERIALIZED VIEW rollup.reading_1m SET (timescaledb.enable_columnstore = true);
CALL add_columnstore_policy('telemetry.reading', after => INTERVAL '1 day');
\endif
CALL public.put_into_columns();
SELECT holds('in columns');

-- far fewer than any of these touches: what is in columns must not be taken out
SET timescaledb.max_tuples_decompressed_per_dml_transaction = 100;
-- the same again, and between what is there
SELECT is((stored, duplicates)::text, CASE WHEN ops.edition() = 'community' THEN '(25917,0)' ELSE '(0,25917)' END, 'again: what is in columns waits for the lane')
FROM public.tell(40, 0);
SELECT is((stored, duplicates)::text, '(25917,0)', 'between them') FROM public.tell(40, 5);
DO $$ BEGIN WHILE ingest.backfill() > 0 LOOP END LOOP; END $$;
SELECT is((SELECT duplicates FROM telemetry.history_lane), CASE WHEN ops.edition() = 'community' THEN 25917 ELSE 0 END::bigint, 'the lane knows them');
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, now() - INTERVAL '1 day');
SELECT holds('history between history');
-- the live path
SELECT is((stored, duplicates)::text, '(0,25917)', 'live days: again') FROM public.tell(3, 0);
SELECT is((stored, duplicates)::text, '(25917,0)', 'live days: between them') FROM public.tell(3, 5);
SELECT is((SELECT count(*) FROM ingest.backlog), 0::bigint, 'none of these waits');
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, now() - INTERVAL '1 day');
SELECT holds('live days');
-- files
BEGIN;
SELECT (ingest.begin_import(repeat('a', 64), '{}', 'x.csv', 10, 60000)).id AS import \gset
INSERT INTO pg_temp.import_staging
SELECT row_number() OVER (), row_number() OVER (), p.sensor_id, p.time, p.value, 0
FROM (SELECT * FROM public.points(39, 0) UNION ALL SELECT * FROM public.points(39, 2)) AS p;
INSERT INTO public.sent SELECT * FROM public.points(39, 2);
SELECT is_empty(format('SELECT * FROM ingest.import_block(%s, 0, 60000, 51834)', :import), 'a file: half of it is there, nothing to refuse');
SELECT results_eq('SELECT stored, duplicates FROM ingest.import', 'VALUES (25917::bigint, 25917::bigint)', 'counted');
COMMIT;
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, now() - INTERVAL '1 day');
SELECT holds('files');
SELECT CASE WHEN ops.edition() = 'apache' THEN 0 ELSE public.outside() END AS outside \gset
SELECT cmp_ok(:outside::bigint, '<=', 3 * 25917::bigint, 'what was added stands beside the columns, and nothing was taken out of them');
-- put back, refreshed, and the oldest dropped
CALL public.put_into_columns();
SELECT is(CASE WHEN ops.edition() = 'apache' THEN 0 ELSE public.outside() END, 0::bigint, 'the next run of the policy takes it in');
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, now() - INTERVAL '1 day');
SELECT holds('refreshed');
SELECT ops.set_raw_retention('20 days') \g /dev/null
SELECT format('CALL run_job(%s)', job_id) FROM ops.timescale_job WHERE proc_name = 'policy_retention' \gexec
SELECT is((SELECT count(*) FROM telemetry.reading), 51834::bigint, 'retention drops days in columns');
SELECT is((SELECT sum(count) FROM rollup.reading_1m), (SELECT count(*)::numeric FROM public.sent), 'their minutes are still there');

-- a job changes what lies in columns, as many rows as there are
SELECT ops.set_setting('ml.feature_retention', '"7 days"') \g /dev/null
INSERT INTO ml.clock (name, done_to) VALUES ('summary', now()) ON CONFLICT (name) DO UPDATE SET done_to = excluded.done_to;
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, source, modalities, is_anomaly, confidence, scores, thresholds, ratio, features)
SELECT public.day(30) + make_interval(secs => i), 'c', '', '', 'http', '{}', false, 0, '{}', '{}', '{}', '{"a": 1}' FROM generate_series(1, 5000) AS i;
\if :is_community
ALTER TABLE ml.serve_ml_predictions SET (timescaledb.enable_columnstore = true, timescaledb.segmentby = 'equipment_id', timescaledb.orderby = 'time DESC');
SELECT compress_chunk(c) FROM show_chunks('ml.serve_ml_predictions') AS c \g /dev/null
\endif
UPDATE ops.job SET running_since = now() WHERE procedure = 'ml.purge_predictions';
SELECT ops.execute_job(job_id) FROM ops.job WHERE procedure = 'ml.purge_predictions' \g /dev/null
SELECT is((SELECT last_error FROM ops.job WHERE procedure = 'ml.purge_predictions'), NULL, 'features are dropped from predictions in columns');
SELECT is((SELECT count(*) FILTER (WHERE features IS NULL) FROM ml.serve_ml_predictions), 5000::bigint, 'from all of them');
-- the policy
SELECT throws_ok($$SELECT ops.set_columnstore('7 days')$$, 'MW422', NULL, 'not while live points may come for them');
SELECT lives_ok($$SELECT ops.set_columnstore()$$, 'after ten days');
SELECT is(ops.setting_interval('telemetry.columnstore_after'), INTERVAL '10 days', 'the setting says so');
SELECT lives_ok($$SELECT ops.set_columnstore(NULL)$$, 'no more');
SELECT * FROM finish();
