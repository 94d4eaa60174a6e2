-- The plant at a glance: each machine's state in one word, by what stands and what is held back; limits that can be drawn.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
INSERT INTO plant.equipment (id, name, location, status) VALUES
    ('a-alarm', 'A', 'hall 1', 'active'), ('b-silent', 'B', 'hall 1', 'active'), ('c-normal', 'C', 'hall 2', 'active'),
    ('d-window', 'D', 'hall 2', 'active'), ('e-retired', 'E', 'hall 2', 'retired'), ('f-empty', 'F', NULL, 'active');
INSERT INTO plant.sensor (equipment_id, name, type, unit, range_max)
SELECT e.id, 'temp', 'temperature', '°C', 200 FROM plant.equipment AS e WHERE e.id <> 'f-empty';
INSERT INTO plant.maintenance (equipment_id, title, kind, starts_at, status) VALUES ('d-window', 'belt', 'window', now() - INTERVAL '1 hour', 'in_progress');
SELECT alarm.create_rule('{"name": "hot", "condition": "above", "high": 80, "high_high": 90, "severity": "high", "severity_high_high": "critical",
    "select_sensor_type": ["temperature"]}', 'test', 'test') \g /dev/null
SELECT alarm.create_rule('{"name": "steep", "condition": "rate_of_change", "high": 5, "select_sensor_type": ["temperature"]}', 'test', 'test') \g /dev/null
CREATE FUNCTION pg_temp.sends(p_equipment text, p_value float8, p_age interval DEFAULT '0') RETURNS void LANGUAGE sql AS $$
    SELECT api.store_sensor_data(jsonb_build_array(jsonb_build_object('device_id', p_equipment, 'sensor_type', 'temperature', 'sensor', 'temp',
        'value', p_value, 'time', to_jsonb(clock_timestamp() - p_age))));
$$;
SELECT pg_temp.sends(e, v, a) FROM (VALUES ('a-alarm', 95, INTERVAL '0'), ('b-silent', 20, INTERVAL '10 minutes'), ('c-normal', 21.5, INTERVAL '0'),
    ('d-window', 95, INTERVAL '0')) AS s (e, v, a) \g /dev/null

CREATE FUNCTION pg_temp.states() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', i ->> 'id', i ->> 'state', i ->> 'worst_severity', i ->> 'unacknowledged_alarms', i ->> 'held_alarms'), ', ' ORDER BY n)
    FROM jsonb_array_elements(api.list_plant_overview() -> 'items') WITH ORDINALITY AS x (i, n)
$$;
SELECT is(pg_temp.states(), 'a-alarm alarm critical 1 0, b-silent silent 0 0, c-normal normal 0 0, d-window maintenance 0 1, f-empty silent 0 0',
    'each machine has a state; a retired one is not shown');
SELECT alarm.acknowledge((SELECT id FROM alarm.alarm WHERE equipment_id = 'a-alarm'), 'kim') \g /dev/null
SELECT is(split_part(pg_temp.states(), ',', 1), 'a-alarm alarm critical 0 0', 'acknowledged, it stands');
SELECT alarm.shelve((SELECT id FROM alarm.alarm WHERE equipment_id = 'a-alarm'), '1 hour', 'kim', 'spare part ordered') \g /dev/null
SELECT is(split_part(pg_temp.states(), ',', 1), 'a-alarm normal 0 1', 'what is shelved colours nothing, and is counted apart');
UPDATE ops.setting SET value = '"1 hour"' WHERE name = 'report.silent_after';
SELECT alike(pg_temp.states(), '%b-silent normal%', 'when a machine is silent is a setting');

SELECT is(api.list_plant_overview(location => 'hall 2') #>> '{items,0,id}', 'c-normal', 'of one hall');
SELECT is(jsonb_array_length(api.list_plant_overview(device_id => 'f-empty') -> 'items'), 1, 'of one machine');
SELECT is((SELECT string_agg(i ->> 'id', ' ') FROM (
        WITH RECURSIVE page AS (
            SELECT api.list_plant_overview("limit" => 2) AS p
            UNION ALL
            SELECT api.list_plant_overview("limit" => 2, cursor => p ->> 'next_cursor') FROM page WHERE p ->> 'next_cursor' IS NOT NULL)
        SELECT jsonb_array_elements(p -> 'items') AS i FROM page) AS x),
    'a-alarm b-silent c-normal d-window f-empty', 'page by page each machine comes once');
SELECT is(jsonb_array_length(api.list_plant_overview(trend_minutes => 15) #> '{items,0,sensors,0,trend}'), 15,
    'a value a minute, whether there is one or not');
SELECT is((SELECT count(*) FROM jsonb_array_elements(t) AS v WHERE v = '95'), 1::bigint, 'and the mean where there is one')
FROM (SELECT api.list_plant_overview(trend_minutes => 15) #> '{items,0,sensors,0,trend}') AS x (t);
SELECT is(api.list_plant_overview() #> '{items,0,sensors,0,trend}', NULL, 'no trend unless it is asked for');

SELECT is((SELECT string_agg(concat_ws(' ', i ->> 'rule', i ->> 'in_unit', coalesce(i ->> 'low', '-'), i ->> 'high', coalesce(i ->> 'high_high', '-')), ', ')
        FROM jsonb_array_elements(api.list_equipment_limits('c-normal') -> 'items') AS i),
    'hot true - 80 90, steep false - 5 -', 'limits, and which of them can be drawn over the values');
UPDATE alarm.rule SET enabled = false WHERE name = 'hot';
SELECT is(jsonb_array_length(api.list_equipment_limits('c-normal') -> 'items'), 1, 'a rule that is off has none');

SELECT is((SELECT string_agg(concat_ws(' ', i ->> 'kind', i ->> 'actor', i ->> 'comment'), ', ')
        FROM jsonb_array_elements(api.list_alert_comments('a-alarm') -> 'items') AS i),
    'shelved kim spare part ordered', 'what somebody wrote; an acknowledgement without a word is none');

-- returned to normal before anybody saw it
SELECT alarm.create_rule('{"name": "hot again", "condition": "above", "high": 80, "severity": "high", "select_sensor_type": ["temperature"]}', 'test', 'test') \g /dev/null
SELECT pg_temp.sends('c-normal', 85) \g /dev/null
SELECT pg_temp.sends('c-normal', 22) \g /dev/null
SELECT is((SELECT string_agg(concat_ws(' ', i ->> 'device_id', i ->> 'rule', i ->> 'status'), ', ' ORDER BY i ->> 'rule')
        FROM jsonb_array_elements(api.list_alerts(status => 'returned') -> 'notifications') AS i WHERE i ->> 'rule' = 'hot again'),
    'c-normal hot again cleared', 'it is in the list of what returned');
SELECT alarm.acknowledge(id, 'kim') FROM alarm.alarm WHERE equipment_id = 'c-normal' AND NOT acknowledged \g /dev/null
SELECT is(api.list_alerts(status => 'returned') -> 'total', '0', 'until somebody acknowledges it');
INSERT INTO relay.phrase (language, key, text) VALUES ('en', 'severity.odd', 'oddly bad');
SELECT is(api.list_words() #>> '{en,severity.odd}', 'oddly bad', 'a word that the plant has made'),
    is((SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(api.list_words()) AS k), (SELECT array_agg(l.code ORDER BY l.code) FROM relay.language AS l),
        'each language has its words');
SELECT * FROM finish();
ROLLBACK;
