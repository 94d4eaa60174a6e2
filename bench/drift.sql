-- What drift costs: 100,000 predictions of 84 features (40 machines, a week) summed up by ml.summarise, and the views read afterwards.
--   psql -d <a migrated database that may be changed> -f bench/drift.sql
\set QUIET on
SET client_min_messages = warning;
\o /dev/null
SELECT ml.sync_models((SELECT jsonb_agg(jsonb_build_object('equipment_id', 'drift-' || i, 'power', '2.2kW', 'model_version', 'v1', 'modalities', '["current"]'::jsonb,
    'thresholds', '{"current": 1}'::jsonb, 'case', 'A', 'bundle_path', 'x', 'sha256', 'x', 'extra', jsonb_build_object('training_statistics', (
        SELECT jsonb_object_agg('feature_' || n, '{"mean": 0.5, "std": 0.29, "min": 0, "max": 1, "quantiles": [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]}'::jsonb)
        FROM generate_series(1, 84) AS n)))) FROM generate_series(1, 40) AS i), '[]', 'bench');
INSERT INTO ml.clock (name, done_to) VALUES ('summary', clock_timestamp() - INTERVAL '1 hour') ON CONFLICT (name) DO UPDATE SET done_to = excluded.done_to;
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, source, modalities, is_anomaly, confidence, scores, thresholds, ratio, features, latency_us, received_at)
SELECT now() - INTERVAL '7 days' + (i / 40) * INTERVAL '240 seconds', 'drift-' || 1 + i % 40, '2.2kW', 'v1', 'mqtt', '{current}', false, 0.1, '{"current": 0.3}', '{"current": 1}',
    '{"current": 0.3}', f.features, 12, clock_timestamp() - INTERVAL '10 minutes'
FROM generate_series(0, 99999) AS i
CROSS JOIN LATERAL (SELECT jsonb_object_agg('feature_' || n, round((random() + i * 0)::numeric, 6)) AS features FROM generate_series(1, 84) AS n) AS f;
VACUUM ANALYZE;
CREATE TABLE public.bench_result (what text, ms float8, rows bigint);
CREATE PROCEDURE public.bench_step(what text, query text) LANGUAGE plpgsql AS $$
DECLARE
    v_from timestamptz := clock_timestamp();
    v_rows bigint;
BEGIN
    EXECUTE query INTO v_rows;
    INSERT INTO public.bench_result VALUES (what, extract(epoch FROM clock_timestamp() - v_from) * 1000, v_rows);
END $$;
CALL public.bench_step('ml.summarise, all 100,000', 'SELECT ml.summarise()');
CALL public.bench_step('ml.summarise, nothing new', 'SELECT ml.summarise()');
VACUUM ANALYZE ml.feature_day;
CALL public.bench_step('ml.feature_drift, 40 models', 'SELECT count(psi) FROM ml.feature_drift');
CALL public.bench_step('report.model', 'SELECT count(worst_psi) FROM report.model');
CALL public.bench_step('report.feature_drift_day, one machine', $$SELECT count(psi) FROM report.feature_drift_day WHERE equipment_id = 'drift-1'$$);
CALL public.bench_step('ml.learn_reference, 500 predictions', $$SELECT ml.learn_reference('drift-1', '2.2kW', 'v1', samples => 500)$$);
\o
\pset footer off
SELECT what, round(ms::numeric, 1) AS ms, rows FROM public.bench_result;
SELECT pg_size_pretty(hypertable_size('ml.serve_ml_predictions')) AS predictions, round(hypertable_size('ml.serve_ml_predictions') / 100000.0) AS bytes_per_prediction,
       round(avg(pg_column_size(features))) AS of_them_features, pg_size_pretty(pg_total_relation_size('ml.feature_day')) AS feature_day,
       round(pg_total_relation_size('ml.feature_day') / (SELECT count(*) FROM ml.feature_day)::numeric) AS bytes_per_feature_day
FROM ml.serve_ml_predictions;
DROP TABLE public.bench_result;
DROP PROCEDURE public.bench_step;
