-- A bucket that no arithmetic can carry: asked for, it fails while it is computed from its points, and holds nobody up once a refresh has left it out.
SET search_path = compat, public;
SET client_min_messages = warning;
SELECT ops.edition() = 'apache' AS apache \gset
\if :apache
SELECT plan(4);
SELECT remove_continuous_aggregate_policy('rollup.reading_1m'), remove_continuous_aggregate_policy('rollup.reading_1h') \g /dev/null
INSERT INTO plant.equipment (id, name) VALUES ('m', 'm'), ('good', 'good');
INSERT INTO plant.sensor (equipment_id, name) VALUES ('m', 's'), ('good', 's');
ALTER TABLE telemetry.reading DROP CONSTRAINT reading_value_check;
INSERT INTO telemetry.reading (time, value, sensor_id) SELECT now() - INTERVAL '10 minutes', CASE equipment_id WHEN 'm' THEN 1e200 ELSE 1 END, id FROM plant.sensor;
SELECT throws_ok($$SELECT api.list_sensor_data('m', bucket => '1m')$$, '22003', NULL, 'while it is computed from its points');
SELECT is((SELECT jsonb_array_length(api.list_sensor_data('good', bucket => '1m') -> 'data')), 1, 'other sensors are answered');
INSERT INTO telemetry.reading (time, value, sensor_id) SELECT now() - INTERVAL '5 minutes', 1, id FROM plant.sensor;
SELECT compat.advance_threshold(1, 'infinity') \g /dev/null
SELECT compat.materialize(1, '-infinity', 'infinity') \g /dev/null
SELECT is((SELECT jsonb_array_length(api.list_sensor_data('m', bucket => '1m') -> 'data')), 1, 'a refresh leaves it out, and so does the answer');
SELECT is((SELECT jsonb_array_length(api.list_sensor_data('m', bucket => '1h') -> 'data')), 1, 'of hours too');
SELECT * FROM finish();
\else
SELECT plan(1);
SELECT skip('refreshes of sql/compat', 1);
SELECT * FROM finish();
\endif
