-- Delays: timers are times in a table, so neither batches nor restarts nor the absence of samples change when they fire.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
INSERT INTO plant.equipment (id, name) VALUES ('T-1', 'T-1');
INSERT INTO plant.sensor (equipment_id, name, type) SELECT 'T-1', 's' || i, 'current' FROM generate_series(1, 9) AS i;
INSERT INTO alarm.rule (name, condition, high, high_high, deadband, on_delay, off_delay, select_equipment, chatter_count)
VALUES ('late', 'above', 10, 20, 1, '5 s', '3 s', '{T-1}', NULL);
CREATE FUNCTION pg_temp.at(seconds float8) RETURNS timestamptz LANGUAGE sql AS
    $$ SELECT timestamptz '2026-01-01 00:00Z' + make_interval(secs => seconds) $$;
CREATE FUNCTION pg_temp.sample(sensor text, seconds float8[], value float8[]) RETURNS integer LANGUAGE sql AS $$
    SELECT e.transitions FROM plant.sensor AS s,
        alarm.evaluate_batch(array_fill(s.id, ARRAY[cardinality(value)]), ARRAY(SELECT pg_temp.at(x) FROM unnest(seconds) AS x), value) AS e
    WHERE s.name = sensor $$;
CREATE FUNCTION pg_temp.clock(seconds float8) RETURNS integer LANGUAGE sql AS
    $$ SELECT alarm.tick(pg_temp.at(seconds) + ops.setting_interval('alarm.tick_grace')) $$;
CREATE FUNCTION pg_temp.story(sensor text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s@%s %s %s', t.kind, extract(epoch FROM t.occurred_at - pg_temp.at(0))::float8, t.level, t.value), '; ' ORDER BY t.id)
    FROM alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id JOIN plant.sensor AS s ON s.id = a.sensor_id
    WHERE s.name = story.sensor $$;

SELECT pg_temp.sample('s1', '{1,2,3,4,5}', '{11,11,11,11,11}');
SELECT is(pg_temp.story('s1'), NULL, 'not yet');
SELECT pg_temp.sample('s1', '{6}', '{12}');
SELECT is(pg_temp.story('s1'), 'raised@6 high 11', 'fires at since + delay, with the value that held until then');
SELECT pg_temp.sample('s2', '{1,4,4.5}', '{11,9.9,11}');
SELECT pg_temp.sample('s2', '{9}', '{11}');
SELECT is(pg_temp.story('s2'), NULL, 'a value back on the good side (the deadband does not count before the raise) starts the delay anew');
SELECT pg_temp.sample('s2', '{20}', '{1}');
SELECT is(pg_temp.story('s2'), 'raised@9.5 high 11', 'a timer that fell due between two samples fires at its own time');
SELECT is((SELECT count(*) FROM alarm.state WHERE next_due = pg_temp.at(23)), 1::bigint, 'and the off-delay runs');
SELECT is(pg_temp.clock(22.9), 0, 'the clock does nothing before it is due');
SELECT is(pg_temp.clock(40), 1, 'the clock fires it when no sample comes');
SELECT is(pg_temp.story('s2'), 'raised@9.5 high 11; cleared@23 high 1', 'at its own time, however late the clock was');
SELECT pg_temp.sample('s3', '{1}', '{11}');
SELECT is(pg_temp.clock(6), 1, 'the clock raises');
SELECT pg_temp.sample('s3', '{5,6}', '{1,1}');
SELECT is(pg_temp.story('s3'), 'raised@6 high 11', 'samples at or before the fired timer are ignored');
SELECT pg_temp.sample('s3', '{7,9,10}', '{1,9.5,1}');
SELECT pg_temp.sample('s3', '{12.9}', '{9.5}');
SELECT is(pg_temp.story('s3'), 'raised@6 high 11', 'off-delay: rising into the deadband starts it anew');
SELECT pg_temp.sample('s3', '{13,16}', '{9,9}');
SELECT is(pg_temp.story('s3'), 'raised@6 high 11; cleared@16 high 9', 'three calm seconds clear');
SELECT pg_temp.sample('s4', '{1,4,7,9,12,13}', '{11,21,21,21,15,15}');
SELECT is(pg_temp.story('s4'), 'raised@6 high 21; severity_changed@9 high_high 21', 'each limit has its own on-delay');
SELECT pg_temp.sample('s4', '{15,18}', '{15,1}');
SELECT is(pg_temp.story('s4'), 'raised@6 high 21; severity_changed@9 high_high 21; severity_changed@15 high 15', 'and its own off-delay');
SELECT pg_temp.sample('s5', '{3,1,2,8,7}', '{11,11,11,1,11}');
SELECT is(pg_temp.story('s5'), 'raised@6 high 11', 'order within a batch does not matter');
SELECT pg_temp.sample('s6', '{1}', '{11}');
SELECT pg_temp.sample('s6', '{1}', '{1}');
SELECT is(pg_temp.clock(6), 1, 'a second value for the same moment is ignored');
-- the rule changes while a delay runs
SELECT pg_temp.sample('s7', '{1}', '{11}');
UPDATE alarm.rule SET on_delay = '2 s' WHERE name = 'late';
SELECT pg_temp.sample('s7', '{2,3.5}', '{11,11}');
SELECT is(pg_temp.story('s7'), 'raised@3 high 11', 'a changed delay counts from where the old one began');
SELECT is((SELECT rule_version FROM alarm.alarm AS a JOIN plant.sensor AS s ON s.id = a.sensor_id WHERE s.name = 's7'), 2, 'the alarm names the version that raised it');
SELECT pg_temp.sample('s8', '{1}', '{11}');
UPDATE alarm.rule SET enabled = false WHERE name = 'late';
SELECT is(pg_temp.sample('s8', '{9}', '{11}'), 0, 'a disabled rule raises nothing');
SELECT ok(pg_temp.clock(60) >= 3, 'and its alarms clear with the next tick');
SELECT is((SELECT count(*) FROM alarm.alarm WHERE active), 0::bigint, 'none is left');
SELECT is((SELECT count(*) FROM alarm.state) + (SELECT count(*) FROM alarm.signal WHERE rule_id = (SELECT id FROM alarm.rule WHERE name = 'late')), 0::bigint, 'and no state');
SELECT * FROM finish();
ROLLBACK;
