-- What building windows costs: 200 machines, 8 sensors, 30 minutes, from stored points to the matrices; and what a look costs when nothing is due.
-- psql -d <a migrated database that may be changed> -f bench/windows.sql
\set ON_ERROR_STOP 1
\pset pager off
SET client_min_messages = warning;
INSERT INTO plant.equipment (id, name) SELECT 'bw-' || i, 'bw-' || i FROM generate_series(1, 200) AS i;
INSERT INTO plant.sensor (equipment_id, name, type) SELECT 'bw-' || i, 's' || s, 'vibration' FROM generate_series(1, 200) AS i, generate_series(0, 7) AS s;
-- two hours of a point each ten seconds
INSERT INTO telemetry.reading (sensor_id, time, value)
SELECT s.id, date_trunc('minute', now()) - g * INTERVAL '10 seconds' - INTERVAL '1 second', sin(g + s.id)
FROM plant.sensor AS s, generate_series(0, 719) AS g WHERE s.equipment_id LIKE 'bw-%';
UPDATE telemetry.latest AS l SET time = date_trunc('minute', now()) - INTERVAL '1 second', value = 1 FROM plant.sensor AS s WHERE s.id = l.sensor_id AND s.equipment_id LIKE 'bw-%';
SET search_path = compat, public;
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, date_trunc('minute', now()) - INTERVAL '1 minute');
RESET search_path;
SELECT ml.sync_models((SELECT jsonb_agg(jsonb_build_object('equipment_id', 'bw-' || i, 'power', '2kW', 'model_version', 'v1', 'modalities', '["m"]'::jsonb, 'thresholds', '{"m": 1}'::jsonb,
    'case', 'A', 'bundle_path', 'bw-' || i, 'sha256', 'a', 'features', '["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"]'::jsonb, 'steps', 30,
    'extra', '{"window": {"bucket": "1m"}}'::jsonb)) FROM generate_series(1, 200) AS i), '[]', 'bench') ->> 'upserts' AS bundles;
ANALYZE;
CREATE TEMP TABLE took (what text, ms float8);
DO $$
DECLARE
    v_began timestamptz;
    v_count integer;
BEGIN
    FOR i IN 1 .. 7 LOOP
        UPDATE ml.window_state SET done_to = date_trunc('minute', clock_timestamp()) - i * INTERVAL '1 minute' - INTERVAL '1 minute', next_due = now();
        v_began := clock_timestamp();
        SELECT count(*) INTO v_count FROM ml.claim_windows(200);
        INSERT INTO took SELECT v_count || ' windows of 30 x 8', extract(epoch FROM clock_timestamp() - v_began) * 1000;
    END LOOP;
    FOR i IN 1 .. 7 LOOP
        UPDATE ml.window_state SET next_due = now() + INTERVAL '1 hour';
        v_began := clock_timestamp();
        PERFORM FROM ml.claim_windows(200);
        INSERT INTO took SELECT 'nothing due', extract(epoch FROM clock_timestamp() - v_began) * 1000;
    END LOOP;
END $$;
SELECT what, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric, 2) AS median_ms FROM took GROUP BY what ORDER BY 1;
