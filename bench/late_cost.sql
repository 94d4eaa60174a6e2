-- What rules that a job judges cost ingest.accept: 500 sensors with one each beside 500 without, batches of 500 messages take turns in one
-- run. In time, and late (the job has been further: noted). Then what the job does with it.
-- psql -d <a migrated database that may be changed> -f bench/late_cost.sql
\set QUIET on
SET client_min_messages = warning;
\o /dev/null
INSERT INTO plant.equipment (id, name) SELECT p || '-' || i, p FROM unnest('{judged,free}'::text[]) AS p, generate_series(1, 50) AS i;
INSERT INTO plant.sensor (equipment_id, name, type) SELECT p || '-' || i, 's' || j, 'current' FROM unnest('{judged,free}'::text[]) AS p, generate_series(1, 50) AS i, generate_series(1, 10) AS j;
INSERT INTO alarm.rule (name, condition, high, select_equipment) VALUES ('late cost', 'no_data', 3600, '{judged-*}');
CREATE TABLE public.late_result (what text, side text, number integer, ms float8, noted bigint);
CREATE PROCEDURE public.late_run(what text, batches integer, age interval) LANGUAGE plpgsql AS $$
DECLARE
    v_topic text[];
    v_payload text[];
    v_from timestamptz;
    v_noted bigint;
BEGIN
    FOR n IN 1 .. batches LOOP
        FOR v_side IN 0 .. 1 LOOP
            -- who begins takes turns, too
            v_side := (v_side + n) % 2;
            SELECT array_agg(format('factory/%s/%s', s.equipment_id, s.name) ORDER BY s.id),
                   array_agg(jsonb_build_object('time', clock_timestamp() - age + make_interval(secs => n * 0.01), 'value', n)::text ORDER BY s.id)
            INTO v_topic, v_payload
            FROM plant.sensor AS s WHERE s.equipment_id LIKE CASE v_side WHEN 0 THEN 'judged-%' ELSE 'free-%' END;
            SELECT count(*) INTO v_noted FROM alarm.late_sample;
            v_from := clock_timestamp();
            PERFORM ingest.accept(v_topic, v_payload, array_fill(NULL::bytea, ARRAY[500]), array_fill(v_from, ARRAY[500]));
            COMMIT;
            INSERT INTO public.late_result
            SELECT what, CASE v_side WHEN 0 THEN 'judged' ELSE 'free' END, n, extract(epoch FROM clock_timestamp() - v_from) * 1000,
                   count(*) - v_noted FROM alarm.late_sample;
            COMMIT;
        END LOOP;
    END LOOP;
END $$;
CALL public.late_run('warm', 10, '10 minutes');
SELECT alarm.judge_derived();
VACUUM ANALYZE;
CALL public.late_run('in time', 40, '0');
SELECT pg_sleep(3);
SELECT alarm.judge_derived();
CALL public.late_run('late', 40, '5 minutes');
CREATE TABLE public.late_job AS SELECT count(*) AS rows, count(DISTINCT sensor_id) AS sensors, NULL::float8 AS ms FROM alarm.late_sample;
SELECT clock_timestamp() AS began \gset
SELECT alarm.judge_derived();
UPDATE public.late_job SET ms = extract(epoch FROM clock_timestamp() - :'began') * 1000;
\o
SELECT what, round((percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE side = 'free'))::numeric, 1) AS free_ms,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE side = 'judged'))::numeric, 1) AS judged_ms,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE side = 'judged')
              / percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE side = 'free'))::numeric, 3) AS ratio,
       sum(noted) AS noted
FROM public.late_result WHERE what <> 'warm' GROUP BY what ORDER BY what;
SELECT rows, sensors, round(ms::numeric) AS job_ms FROM public.late_job;
