BEGIN;
SELECT plan(22);

SELECT is(ml.power_kw(name), expected, name || ' is ' || coalesce(expected::text, 'no number') || ' kW')
FROM (VALUES ('2.2kW', 2.2), ('2_2kW', 2.2), ('15 kW', 15), ('11', 11), ('big', NULL::float8)) AS t (name, expected);
SELECT is(array_agg(v ORDER BY ml.version_key(v)), '{v1.9,v1.10,v2}', 'versions sort by their numbers') FROM unnest(ARRAY['v2', 'v1.10', 'v1.9']) AS v;

SELECT is(ml.sync_models('[
    {"equipment_id":"p","power":"2.2kW","model_version":"v9","modalities":["current"],"sha256":"a","case":"A","bundle_path":"p/2.2kW/v9"},
    {"equipment_id":"p","power":"2.2kW","model_version":"v10","modalities":["current"],"sha256":"b","case":"A","bundle_path":"p/2.2kW/v10"},
    {"equipment_id":"p","power":"15kW","model_version":"v1","modalities":["current"],"sha256":"c","case":"A","bundle_path":"p/15kW/v1"}]',
    '[{"equipment_id":"q","power":"1kW","model_version":"v1","code":"hash_mismatch","reason":"why"}]', 'test') - 'rejected',
    '{"upserts": 3, "total": 3}', 'sync counts what it changed');
SELECT is((SELECT status || ' ' || status_code FROM serve_ml_models WHERE equipment_id = 'q'), 'rejected hash_mismatch', 'a refused bundle is listed with its reason');

CREATE FUNCTION pg_temp.pick(request jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', r.power, r.model_version, r.stage, r.error_code), '; ' ORDER BY r.stage)
    FROM ml.resolve_models(jsonb_build_array('{"ordinal":0}'::jsonb || request)) AS r
$$;
SELECT is(pg_temp.pick('{"equipment_id":"p","signature":{"vib_rms":0.1,"cur_x_rms":2,"cur_y_rms":0}}'), '2.2kW v10 champion',
    'no power asked: nearest kW to 10·vib_rms + mean of the non-zero currents; no version asked: the newest');
SELECT is(pg_temp.pick('{"equipment_id":"p","signature":{"vib_rms":1.2,"cur_x_rms":2}}'), '15kW v1 champion', 'a stronger machine, another power');
SELECT is(pg_temp.pick('{"equipment_id":"p","power":"15"}'), '15kW v1 champion', 'a power is known by its number');
SELECT is(pg_temp.pick('{"equipment_id":"p","power":"2.2kW","model_version":"v9"}'), '2.2kW v9 requested', 'a version asked for');
SELECT is(pg_temp.pick('{"equipment_id":"nix"}'), 'champion unknown_equipment', 'unknown equipment');
SELECT is(pg_temp.pick('{"equipment_id":"p","power":"99kW"}'), 'champion unknown_power', 'unknown power');
SELECT is(pg_temp.pick('{"equipment_id":"p","power":"15kW","model_version":"v7"}'), '15kW requested unknown_version', 'unknown version');
SELECT is(pg_temp.pick('{"equipment_id":"p","power":"15kW","time":"soon"}'), '15kW v1 champion bad_timestamp', 'a time that is none');
SELECT ml.set_alias('p', '2.2kW', 'champion', 'v9', 'v10 is noisy');
SELECT ml.set_alias('p', '2.2kW', 'challenger', 'v10');
SELECT is(pg_temp.pick('{"equipment_id":"p","power":"2.2kW"}'), '2.2kW v10 challenger; 2.2kW v9 champion', 'aliases: the champion answers, the challenger follows as a shadow');
SELECT throws_ok($$SELECT ml.set_alias('p', '2.2kW', 'champion', 'v77')$$, 'MW404', NULL, 'an alias must name a bundle that is ready');

SELECT is((SELECT r.stored FROM ml.record_predictions(jsonb_build_array(
    '{"equipment_id":"p","power":"2.2kW","model_version":"v9","stage":"champion","source":"mqtt","is_anomaly":true,"confidence":0.9,"ratio":{"current":6},"warnings":["unscaled:current"],"scores":{"current":6},"thresholds":{"current":1}}'::jsonb
    || jsonb_build_object('time', clock_timestamp()))) AS r), 1, 'a prediction is stored');
SELECT is((SELECT severity FROM serve_ml_predictions), 'low', 'without a scaler never above low');
SELECT is((SELECT count(*) FROM anomaly_events), 1::bigint, 'and is an anomaly event');
SELECT ml.record_predictions(jsonb_build_array('{"equipment_id":"p","power":"2.2kW","model_version":"v9","source":"http","is_anomaly":false,"confidence":0.1,"value":41.5}'::jsonb)) \g /dev/null
SELECT is((SELECT value FROM serve_ml_predictions WHERE NOT is_anomaly), 41.5::float8, 'what a regressor says is kept');

SELECT * FROM finish();
ROLLBACK;
