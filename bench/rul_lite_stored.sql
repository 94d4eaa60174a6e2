-- What RUL-lite by stored points costs: the job with no thresholds, and 1,000 machines that have some, a three-phase and a vibration point a second.
-- ingest.accept has no part in it. psql -d <a migrated database that may be changed> -f bench/rul_lite_stored.sql
\set ON_ERROR_STOP 1
\pset pager off
SET client_min_messages = warning;
INSERT INTO plant.equipment (id, name) SELECT 'br-' || i, 'br-' || i FROM generate_series(1, 1000) AS i;
INSERT INTO plant.sensor (equipment_id, name, type) SELECT 'br-' || i, s.name, s.type FROM generate_series(1, 1000) AS i,
    (VALUES ('current_x', 'current'), ('current_y', 'current'), ('current_z', 'current'), ('vibration', 'vibration')) AS s (name, type);
INSERT INTO telemetry.reading (sensor_id, time, value)
SELECT s.id, date_trunc('second', now()) - g * INTERVAL '1 second', 5 + sin(g) FROM plant.sensor AS s, generate_series(0, 20) AS g WHERE s.equipment_id LIKE 'br-%';
UPDATE telemetry.latest AS l SET time = date_trunc('second', now()), value = 1 FROM plant.sensor AS s WHERE s.id = l.sensor_id AND s.equipment_id LIKE 'br-%';
ANALYZE;
CREATE TEMP TABLE took (n integer GENERATED ALWAYS AS IDENTITY, what text, ticks bigint, ms float8);
DO $$
DECLARE
    v_began timestamptz;
    v_ticks bigint;
BEGIN
    FOR i IN 1 .. 7 LOOP
        v_began := clock_timestamp();
        v_ticks := ml.tick_stored_points();
        INSERT INTO took (what, ticks, ms) SELECT 'no thresholds', v_ticks, extract(epoch FROM clock_timestamp() - v_began) * 1000;
    END LOOP;
    PERFORM ops.set_setting('ml.rul_lite_settle', '"0 seconds"');
    INSERT INTO ml.rul_lite_threshold (equipment_id, current_threshold, vibration_threshold, set_at) VALUES ('*', 9, 6.5, now() - INTERVAL '1 day');
    PERFORM ml.tick_stored_points();
    FOR i IN 1 .. 7 LOOP
        UPDATE ml.rul_lite_feed SET done_to = (SELECT max(time) FROM telemetry.reading) - INTERVAL '1 second';
        v_began := clock_timestamp();
        v_ticks := ml.tick_stored_points();
        INSERT INTO took (what, ticks, ms) SELECT '1,000 machines, a second', v_ticks, extract(epoch FROM clock_timestamp() - v_began) * 1000;
    END LOOP;
    FOR i IN 1 .. 3 LOOP
        UPDATE ml.rul_lite_feed SET done_to = (SELECT max(time) FROM telemetry.reading) - INTERVAL '20 seconds';
        v_began := clock_timestamp();
        v_ticks := ml.tick_stored_points();
        INSERT INTO took (what, ticks, ms) SELECT '1,000 machines, 20 seconds', v_ticks, extract(epoch FROM clock_timestamp() - v_began) * 1000;
    END LOOP;
END $$;
SELECT what, max(ticks) AS ticks, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric, 2) AS median_ms FROM took GROUP BY what ORDER BY min(n);
