-- What storing and judging predictions costs (ml.record_predictions), and naming the models (ml.resolve_models), in batches of 1, 100 and
-- 1,000 predictions of 84 features: all calm, 1 % anomalies, all anomalies. Each batch is a transaction of its own; kinds take turns.
--   psql -d <a migrated database that may be changed> -f bench/predictions.sql
-- -v record=… and -v resolve=… name other functions to measure in the same run, as arrays: -v record="{ml.record_predictions,public.mine}"
\set QUIET on
\if :{?record}
\else
    \set record '{ml.record_predictions}'
\endif
\if :{?resolve}
\else
    \set resolve '{ml.resolve_models}'
\endif
SET client_min_messages = warning;
\o /dev/null
INSERT INTO plant.equipment (id, name) SELECT 'bench-' || i, 'bench' FROM generate_series(1, 1000) AS i;
SELECT ml.sync_models((SELECT jsonb_agg(jsonb_build_object('equipment_id', 'bench-' || i, 'power', '2.2kW', 'model_version', 'v' || v, 'modalities', '["current", "vibration"]'::jsonb,
    'thresholds', '{"current": 1, "vibration": 1}'::jsonb, 'case', 'A', 'bundle_path', 'x', 'sha256', 'x')) FROM generate_series(1, 1000) AS i, generate_series(1, 3) AS v), '[]', 'bench');
SELECT ml.set_alias('bench-' || i, '2.2kW', 'champion', 'v2') FROM generate_series(1, 1000) AS i;
-- the calm machines are others than those with anomalies: what is measured of one kind does not depend on another
CREATE TABLE public.bench_batch AS
SELECT k.kind, s.size, b.number, jsonb_agg(jsonb_build_object(
           'equipment_id', 'bench-' || e.machine, 'power', '2.2kW', 'model_version', 'v2', 'stage', 'champion', 'source', 'mqtt', 'case', 'A',
           'modalities', '["current", "vibration"]'::jsonb, 'is_anomaly', x.is_anomaly, 'confidence', CASE WHEN x.is_anomaly THEN 0.9 ELSE 0.1 END,
           'scores', '{"current": 0.51, "vibration": 0.32}'::jsonb, 'thresholds', '{"current": 1, "vibration": 1}'::jsonb,
           'ratio', '{"current": 0.51, "vibration": 0.32}'::jsonb, 'warnings', '[]'::jsonb, 'latency_us', 12.5,
           'contributions', '[{"feature": "cur_x_rms", "squared_error": 0.5, "share": 0.4}]'::jsonb, 'features', f.features)) AS predictions,
       jsonb_agg(jsonb_build_object('ordinal', i, 'equipment_id', 'bench-' || e.machine, 'power', NULL, 'model_version', NULL, 'time', NULL,
           'signature', '{"vib_rms": 0.1, "cur_x_rms": 2, "cur_y_rms": 2.1, "cur_z_rms": 1.9}'::jsonb)) AS requests
FROM (VALUES ('calm', 0), ('1 % anomalies', 300), ('all anomalies', 600)) AS k (kind, first_machine)
CROSS JOIN (VALUES (1, 300), (100, 60), (1000, 8)) AS s (size, batches)
CROSS JOIN LATERAL generate_series(1, s.batches) AS b (number)
CROSS JOIN LATERAL generate_series(1, s.size) AS i
CROSS JOIN LATERAL (SELECT k.first_machine + 1 + (b.number * s.size + i) % 300 AS machine) AS e
CROSS JOIN LATERAL (SELECT CASE k.kind WHEN 'calm' THEN false WHEN 'all anomalies' THEN true ELSE (b.number * s.size + i) % 100 = 0 END AS is_anomaly) AS x
CROSS JOIN LATERAL (SELECT jsonb_object_agg('feature_' || n, round((random() * 10 + i)::numeric, 6)) AS features FROM generate_series(1, 84) AS n) AS f
GROUP BY k.kind, s.size, b.number;
CREATE TABLE public.bench_result (what text, kind text, size integer, ms float8);
VACUUM ANALYZE;
CREATE PROCEDURE public.bench_run(record text[], resolve text[]) LANGUAGE plpgsql AS $$
DECLARE
    b record;
    v_function text;
    v_from timestamptz;
    v_batch jsonb;
BEGIN
    FOR b IN SELECT * FROM public.bench_batch ORDER BY number, kind, size LOOP
        FOREACH v_function IN ARRAY record LOOP
            v_batch := (SELECT jsonb_agg(p || jsonb_build_object('time', clock_timestamp()) ORDER BY p ->> 'equipment_id') FROM jsonb_array_elements(b.predictions) AS p);
            v_from := clock_timestamp();
            EXECUTE format('SELECT stored FROM %s($1)', v_function) USING v_batch;
            COMMIT;
            INSERT INTO public.bench_result VALUES (v_function, b.kind, b.size, extract(epoch FROM clock_timestamp() - v_from) * 1000);
            COMMIT;
        END LOOP;
        CONTINUE WHEN b.kind <> 'calm';
        FOREACH v_function IN ARRAY resolve LOOP
            v_from := clock_timestamp();
            EXECUTE format('SELECT count(model_version) FROM %s($1)', v_function) USING b.requests;
            INSERT INTO public.bench_result VALUES (v_function, '', b.size, extract(epoch FROM clock_timestamp() - v_from) * 1000);
            COMMIT;
        END LOOP;
    END LOOP;
END $$;
CALL public.bench_run(:'record', :'resolve');
\o
\pset footer off
SELECT what AS function, kind, size AS batch, round((percentile_cont(0.5) WITHIN GROUP (ORDER BY ms))::numeric, 2) AS median_ms,
       round(size / (percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)) * 1000) AS predictions_per_s
FROM public.bench_result
GROUP BY 1, 2, 3
ORDER BY what ~ 'resolve', 2, 3, 1;
DROP TABLE public.bench_batch, public.bench_result;
DROP PROCEDURE public.bench_run;
