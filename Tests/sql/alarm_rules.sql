-- Rules: what is refused, how they are versioned, which sensors they get.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
INSERT INTO plant.equipment (id, name, type, location, tags) VALUES
    ('pump-1', 'p', 'pump', 'hall A', '{critical}'), ('pump-2', 'p', 'pump', 'hall B', '{}'), ('fan_1', 'f', 'fan', 'hall A', '{}'), ('fanX1', 'f', 'fan', 'hall A', '{}');
INSERT INTO plant.sensor (equipment_id, name, type, tags) SELECT e, n, CASE WHEN n LIKE 'v%' THEN 'vibration' ELSE 'current' END, CASE n WHEN 'vib' THEN '{edge}'::text[] ELSE '{}' END
FROM unnest('{pump-1,pump-2,fan_1,fanX1}'::text[]) AS e, unnest('{vib,cur_x,cur_y}'::text[]) AS n;
CREATE FUNCTION pg_temp.sensors(rule text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(g.equipment_id || '/' || s.name, ' ' ORDER BY g.equipment_id, s.name) FROM alarm.signal AS g JOIN alarm.rule AS r ON r.id = g.rule_id
    JOIN plant.sensor AS s ON s.id = g.sensor_id WHERE r.name = rule AND g.assigned $$;
CREATE FUNCTION pg_temp.refused(changes jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_column text; v_state text; v_hint text;
BEGIN
    PERFORM alarm.create_rule('{"name": "bad", "condition": "outside", "low": 1, "high": 9}' || changes);
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_column = COLUMN_NAME, v_state = RETURNED_SQLSTATE;
    RETURN v_state || ' ' || v_column;
END $$;

SELECT is(pg_temp.refused(c.changes::jsonb), c.answer, c.answer || ': ' || c.changes)
FROM (VALUES
    ('{"low": null}', 'MW422 low'), ('{"high": 1}', 'MW422 high'), ('{"high": 0}', 'MW422 high'), ('{"high": "x"}', 'MW422 high'),
    ('{"high_high": 9}', 'MW422 high_high'), ('{"low_low": 2}', 'MW422 low_low'), ('{"condition": "above"}', 'MW422 low'),
    ('{"condition": "above", "low": null, "high": null}', 'MW422 high'), ('{"condition": "below"}', 'MW422 high'),
    ('{"condition": "inside", "high_high": 20}', 'MW422 high_high'), ('{"condition": "nonsense"}', 'MW422 condition'),
    ('{"condition": "model_verdict"}', 'MW422 low'), ('{"deadband": -1}', 'MW422 deadband'), ('{"deadband": 8}', 'MW422 deadband'),
    ('{"deadband": null}', 'MW422 deadband'), ('{"high": "Infinity"}', 'MW422 high'), ('{"high": "NaN"}', 'MW422 high'),
    ('{"on_delay": -1}', 'MW422 on_delay'), ('{"on_delay": "soon"}', 'MW422 on_delay'), ('{"off_delay": "31 days"}', 'MW422 off_delay'),
    ('{"re_alarm": 0}', 'MW422 re_alarm'), ('{"escalate_to": "high"}', 'MW422 escalate_to'), ('{"severity": "awful"}', 'MW422 severity'),
    ('{"severity_high": "awful"}', 'MW422 severity_high'), ('{"select_sensor_type": ["vibrashun"]}', 'MW422 select_sensor_type'),
    ('{"select_equipment": []}', 'MW422 select_equipment'), ('{"notify": ["exploded"]}', 'MW422 notify'),
    ('{"message": {"ko": "{valeu}"}}', 'MW422 message'), ('{"message": {"fr": "bonjour"}}', 'MW422 message'), ('{"message": "text"}', 'MW422 message'),
    ('{"name": ""}', 'MW422 name'), ('{"name": null}', 'MW422 name'), ('{"colour": "red"}', 'MW422 colour'), ('{"id": 7}', 'MW422 id'),
    ('{"version": 7}', 'MW422 version'), ('{"name": "model-verdict"}', 'MW409 name'), ('{"chatter_count": 1}', 'MW422 chatter_count'),
    ('{"enabled": "perhaps"}', 'MW422 enabled')
) AS c (changes, answer);
SELECT throws_ok($$SELECT alarm.create_rule('[]')$$, 'MW422', NULL, 'not an object');
SELECT throws_ok($$INSERT INTO alarm.rule (name, condition, high, on_delay) VALUES ('x', 'above', 1, '-1 s')$$, 'MW422', NULL, 'psql is checked alike');
SELECT throws_ok($$SELECT alarm.update_rule(-1, '{}')$$, 'MW404', NULL, 'update of no rule');
SELECT throws_ok($$SELECT alarm.delete_rule(-1)$$, 'MW404', NULL, 'deletion of no rule');
SELECT throws_ok($$SELECT alarm.rollback_rule(-1, 1)$$, 'MW404', NULL, 'rollback of no rule');

-- selection
INSERT INTO alarm.rule (name, condition, high, select_equipment, select_equipment_type, select_location, select_tags, select_sensor, select_sensor_type) VALUES
    ('all', 'above', 1, NULL, NULL, NULL, NULL, NULL, NULL),
    ('by id', 'above', 1, '{pump-1}', NULL, NULL, NULL, '{vib}', NULL),
    ('by pattern', 'above', 1, '{fan_?}', NULL, NULL, NULL, '{cur_*}', NULL),
    ('by type', 'above', 1, NULL, '{fan}', NULL, NULL, NULL, '{vibration}'),
    ('by place', 'above', 1, NULL, '{pump}', '{hall *}', NULL, '{vib}', NULL),
    ('by tags', 'above', 1, NULL, NULL, NULL, '{critical,edge}', NULL, NULL);
SELECT is((SELECT count(*) FROM alarm.signal AS g JOIN alarm.rule AS r ON r.id = g.rule_id WHERE r.name = 'all'), 12::bigint, 'no selection: all sensors');
SELECT is(pg_temp.sensors('by id'), 'pump-1/vib', 'by equipment and sensor');
SELECT is(pg_temp.sensors('by pattern'), 'fan_1/cur_x fan_1/cur_y', 'by pattern; _ stands for itself');
SELECT is(pg_temp.sensors('by type'), 'fanX1/vib fan_1/vib', 'by types');
SELECT is(pg_temp.sensors('by place'), 'pump-1/vib pump-2/vib', 'by location');
SELECT is(pg_temp.sensors('by tags'), 'pump-1/vib', 'by the tags of machine and sensor together');
UPDATE plant.equipment SET type = 'fan' WHERE id = 'pump-2';
SELECT is(pg_temp.sensors('by type'), 'fanX1/vib fan_1/vib pump-2/vib', 'a machine that is described anew gets its rules');
UPDATE plant.equipment SET status = 'retired' WHERE id = 'fanX1';
SELECT is(pg_temp.sensors('by type'), 'fan_1/vib pump-2/vib', 'a retired one loses them');
INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('fan_1', 'vib2', 'vibration');
SELECT is(pg_temp.sensors('by type'), 'fan_1/vib fan_1/vib2 pump-2/vib', 'a new sensor has its rules at once');
SELECT is((SELECT count(*) FROM alarm.watch AS w CROSS JOIN LATERAL (
        SELECT max(g.quiet_low) AS low, min(g.quiet_high) AS high, count(*) AS n FROM alarm.signal AS g WHERE g.sensor_id = w.sensor_id AND g.assigned AND g.live) AS x
    WHERE (w.quiet_low, w.quiet_high, w.signals) IS DISTINCT FROM (x.low, x.high, x.n)), 0::bigint, 'each quiet band is the intersection of its signals''');
DELETE FROM alarm.rule WHERE name = 'all';
SELECT is((SELECT count(*) FROM alarm.watch AS w WHERE NOT EXISTS (SELECT FROM alarm.signal AS g WHERE g.sensor_id = w.sensor_id AND g.assigned AND g.live)), 0::bigint, 'no band without a rule');

-- the most specific rule of a family wins
INSERT INTO alarm.rule (name, condition, high, family, select_sensor_type, select_equipment_type, select_equipment) VALUES
    ('f all', 'above', 1, 'vib', '{vibration}', NULL, NULL), ('f fan', 'above', 2, 'vib', '{vibration}', '{fan}', NULL), ('f one', 'above', 3, 'vib', '{vibration}', NULL, '{fan_1}');
SELECT is(pg_temp.sensors('f all') || ' | ' || pg_temp.sensors('f fan') || ' | ' || pg_temp.sensors('f one'), 'pump-1/vib | pump-2/vib | fan_1/vib fan_1/vib2', 'each sensor has one');
DELETE FROM alarm.rule WHERE name = 'f one';
SELECT is(pg_temp.sensors('f fan'), 'fan_1/vib fan_1/vib2 pump-2/vib', 'the next takes over when it goes');
UPDATE alarm.rule SET enabled = false WHERE name = 'f fan';
SELECT is(pg_temp.sensors('f all'), 'fan_1/vib fan_1/vib2 pump-1/vib pump-2/vib', 'and when it is disabled');
UPDATE alarm.rule SET enabled = true, family = NULL WHERE name = 'f fan';
SELECT is(pg_temp.sensors('f all'), 'fan_1/vib fan_1/vib2 pump-1/vib pump-2/vib', 'outside the family it competes no more');

-- versions
SELECT alarm.create_rule('{"name": "v", "condition": "above", "high": 5, "on_delay": 90, "select_sensor": "vib*"}', 'kim', 'first try') AS v \gset
SELECT is((alarm.update_rule(:v, '{"high": 6, "on_delay": "1 day"}', 'lee', 'too many')).version, 2, 'a change is a version');
SELECT is((alarm.update_rule(:v, '{"high": 6}', 'lee', 'nothing new')).version, 2, 'no change is none');
SELECT is((SELECT changes FROM alarm.rule_version WHERE rule_id = :v AND version = 2), '{"high": [5, 6], "on_delay": ["00:01:30", "24:00:00"]}', 'what changed');
SELECT results_eq(format('SELECT version, operation, changed_by, reason FROM alarm.rule_version WHERE rule_id = %s ORDER BY 1', :v),
    $$VALUES (1, 'insert', 'kim', 'first try'), (2, 'update', 'lee', 'too many')$$, 'who and why');
SELECT is((alarm.rollback_rule(:v, 1, 'kim')).high, 5::float8, 'rollback');
SET LOCAL millwright.reason = 'by hand';
UPDATE alarm.rule SET high = 7 WHERE id = :v;
SELECT is((SELECT (changed_by, reason)::text FROM alarm.rule_version WHERE rule_id = :v AND version = 4), format('(%s,"by hand")', session_user), 'in psql too');
SELECT alarm.delete_rule(:v, 'lee', 'not needed');
SELECT is((SELECT (operation, changed_by)::text FROM alarm.rule_version WHERE rule_id = :v ORDER BY version DESC LIMIT 1), '(delete,lee)', 'a deletion is a version');
SELECT is((alarm.rollback_rule(:v, 2, 'kim', 'back')).version, 6, 'a deleted rule comes back under its id and counts on');
SELECT is((SELECT (g.rule_version, g.high)::text FROM alarm.signal AS g WHERE g.rule_id = :v AND g.assigned LIMIT 1), '(6,6)', 'and watches again');
SELECT * FROM finish();
ROLLBACK;
