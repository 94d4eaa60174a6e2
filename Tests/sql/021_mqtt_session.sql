-- The sessions that thin has at the broker: ids that nobody guesses, and a loss that is told.
BEGIN;
SELECT no_plan();
-- what thin asks for every few seconds
CREATE FUNCTION pg_temp.lost() RETURNS jsonb LANGUAGE sql VOLATILE AS $$
    SELECT alarm.judge_system('{mqtt_session_lost}');
    SELECT ops.health() -> 'lost_sessions';
$$;

CREATE TEMP TABLE mine AS SELECT * FROM ingest.mqtt_client('plant-1');
SELECT matches((SELECT client_id FROM mine), '^thin-plant-1-[0-9a-f]{32}$', 'the id names the process and cannot be guessed');
SELECT is((SELECT client_id FROM ingest.mqtt_client('plant-1')), (SELECT client_id FROM mine), 'it stays');
SELECT isnt((SELECT client_id FROM ingest.mqtt_client('plant-2')), (SELECT client_id FROM mine), 'another process has another');
SELECT matches((SELECT client_id FROM ingest.mqtt_client('plant-1', 'features')), '^thin-plant-1-features-[0-9a-f]{32}$', 'and so has each lane');
SELECT is((SELECT former_client_id FROM mine), NULL, 'a new database has no session of a version before');
SELECT throws_ok($$SELECT ingest.mqtt_client(repeat('x', 201))$$, '23514', NULL, 'an endless instance is refused');

SELECT is(ingest.mqtt_connected((SELECT client_id FROM mine), false), false, 'the first connection finds no session, as it should');
SELECT is(ingest.mqtt_connected((SELECT client_id FROM mine), true), false, 'the next one finds it');
SELECT is(pg_temp.lost(), '[]', 'all is well');
SELECT is(ingest.mqtt_connected((SELECT client_id FROM mine), false), true, 'then it is gone');
SELECT is(pg_temp.lost(), '["plant-1"]', 'health says so');
SELECT is((SELECT count(*) FROM alarm.alarm WHERE code = 'mqtt_session_lost:plant-1' AND active), 1::bigint, 'an alarm stands');
SELECT is((SELECT value FROM ops.metrics() WHERE name = 'millwright_mqtt_sessions_lost_total' AND labels ->> 'process' = 'plant-1' AND labels ->> 'lane' = ''), 1::float8, 'it is counted');
SELECT is(ingest.mqtt_connected((SELECT client_id FROM mine), true), false, 'a session that is there again');
SELECT is(pg_temp.lost(), '["plant-1"]', 'does not bring back what was lost');
SELECT is((SELECT count(*) FROM alarm.alarm WHERE code = 'mqtt_session_lost:plant-1' AND active), 1::bigint, 'nobody has seen it: it stays');
SELECT alarm.acknowledge(id, 'kim') FROM alarm.alarm WHERE code = 'mqtt_session_lost:plant-1';
SELECT is(pg_temp.lost(), '[]', 'somebody has');
SELECT is((SELECT count(*) FROM alarm.alarm WHERE code LIKE 'mqtt_session_lost%' AND active), 0::bigint, 'then it clears');
SELECT ingest.mqtt_connected((SELECT client_id FROM mine), false);
SELECT is((SELECT count(*) FROM alarm.alarm WHERE code = 'mqtt_session_lost:plant-1' AND active), 1::bigint, 'another loss is told anew');
UPDATE ingest.mqtt_session SET lost_at = lost_at - INTERVAL '2 days';
SELECT is(pg_temp.lost(), '[]', 'an old loss is no problem of today');
SELECT is((SELECT count(*) FROM alarm.alarm WHERE code LIKE 'mqtt_session_lost%' AND active), 0::bigint, 'and its alarm ends by itself');

UPDATE ops.setting SET value = 'true' WHERE name = 'ingest.former_session';
SELECT is((SELECT former_client_id FROM ingest.mqtt_client('plant-9')), 'thin-plant-9', 'after an upgrade the first lane empties what the version before had');
SELECT ok(NOT EXISTS (SELECT FROM unnest('{viewer,operator,engineer,admin,grafana_reader,anonymous,thin}'::name[]) AS r
    WHERE has_any_column_privilege(r, 'ingest.mqtt_session', 'SELECT')), 'nobody reads the ids');
SELECT * FROM finish();
ROLLBACK;
