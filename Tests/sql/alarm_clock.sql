-- Time is the sensor's (docs/adr/0018): wrong clocks, uploads, points that overtake each other. Each fault that was seen, and others of
-- its kind. Random schedules against an oracle: Tests/alarms/clock.py.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
DELETE FROM alarm.rule;
INSERT INTO plant.equipment (id, name) VALUES ('ck-1', 'c');
INSERT INTO plant.sensor (equipment_id, name, type) SELECT 'ck-1', 's' || i, 'current' FROM generate_series(1, 40) AS i;
CREATE TEMP TABLE zero AS SELECT clock_timestamp() - INTERVAL '10 minutes' AS at;
CREATE FUNCTION pg_temp.at(second float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT zero.at + make_interval(secs => second) FROM zero $$;
-- points {time of measurement, value}, when they arrive (seconds)
CREATE FUNCTION pg_temp.say(sensor text, arrives float8, VARIADIC points float8[]) RETURNS void LANGUAGE sql AS $$
    SELECT ingest.store(array_fill(s.id, ARRAY[n.n]), n.time, n.value, array_fill(0::smallint, ARRAY[n.n]), array_fill(false, ARRAY[n.n]), pg_temp.at(arrives))
    FROM plant.sensor AS s,
         (SELECT array_agg(pg_temp.at(points[2 * i - 1]) ORDER BY i) AS time, array_agg(points[2 * i] ORDER BY i) AS value, count(*)::integer AS n
          FROM generate_series(1, cardinality(points) / 2) AS i) AS n
    WHERE s.equipment_id = 'ck-1' AND s.name = say.sensor $$;
CREATE FUNCTION pg_temp.clock(second float8) RETURNS void LANGUAGE sql AS $$ SELECT alarm.tick(pg_temp.at(second) + ops.setting_interval('alarm.tick_grace')) $$;
CREATE FUNCTION pg_temp.rule(sensor text, on_delay float8, off_delay float8 DEFAULT 0) RETURNS void LANGUAGE sql AS $$
    INSERT INTO alarm.rule (name, condition, high, high_high, deadband, on_delay, off_delay, severity, severity_high_high, chatter_count, select_equipment, select_sensor)
    VALUES ('ck ' || sensor, 'above', 80, 99, 2, make_interval(secs => on_delay), make_interval(secs => off_delay), 'medium', 'critical', NULL, '{ck-1}', ARRAY[sensor]);
    SELECT alarm.tick(pg_temp.at(-500)) $$;
-- raised-cleared, of what was not taken back
CREATE FUNCTION pg_temp.history(sensor text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(concat(round(extract(epoch FROM a.raised_at - zero.at)), '-', round(extract(epoch FROM a.cleared_at - zero.at))), ' ' ORDER BY a.raised_at), '')
    FROM zero, alarm.alarm AS a JOIN plant.sensor AS s ON s.id = a.sensor_id
    WHERE s.equipment_id = 'ck-1' AND s.name = history.sensor AND a.retracted_at IS NULL $$;
CREATE FUNCTION pg_temp.backtest(sensor text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(concat(round(extract(epoch FROM b.raised_at - zero.at)), '-', round(extract(epoch FROM b.cleared_at - zero.at))), ' ' ORDER BY b.raised_at), '')
    FROM zero, alarm.backtest((SELECT id FROM alarm.rule WHERE name = 'ck ' || backtest.sensor), zero.at - INTERVAL '1 hour', zero.at + INTERVAL '1 hour') AS b $$;
CREATE FUNCTION pg_temp.told(sensor text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(o.event, ' ' ORDER BY o.seq), '') FROM relay.outbox AS o
    WHERE o.kind = 'alarm' AND o.data ->> 'sensor' = told.sensor AND o.data ->> 'device_id' = 'ck-1' $$;

-- 1. seen: on-delay 10 s, device clock 60 s slow, 95 and 3 s later 20: raised at once and for ever
SELECT pg_temp.rule('s1', 10);
SELECT pg_temp.say('s1', 60, 0, 20), pg_temp.say('s1', 70, 10, 95);
SELECT pg_temp.clock(71);
SELECT is(pg_temp.history('s1'), '', 'a slow clock: the delay is not over because the server''s clock is further');
SELECT pg_temp.say('s1', 73, 13, 20);
SELECT pg_temp.clock(400);
SELECT is(pg_temp.history('s1'), '', '95 for 3 s is no alarm after a delay of 10 s, whatever the clock');
SELECT pg_temp.say('s1', 500, 440, 95);
SELECT pg_temp.clock(509);
SELECT is(pg_temp.history('s1'), '', 'a delay that only silence completes takes as long as it says');
SELECT pg_temp.clock(511);
SELECT is(pg_temp.history('s1'), '450-', 'and no longer, counted from the arrival; it was raised on the sensor''s time');

-- 2. seen: a gateway that uploads half a minute at once raises what its next upload denies
SELECT pg_temp.rule('s2', 10);
CREATE FUNCTION pg_temp.upload(sensor text, from_second integer, VARIADIC last_values float8[]) RETURNS void LANGUAGE sql AS $$
    SELECT pg_temp.say(sensor, from_second + 30, VARIADIC (
        SELECT array_agg(x ORDER BY i, k) FROM generate_series(0, 29) AS i
        CROSS JOIN LATERAL (VALUES (1, (from_second + i)::float8), (2, CASE WHEN i >= 30 - cardinality(last_values) THEN last_values[i - 29 + cardinality(last_values)] ELSE 20 END)) AS v (k, x))) $$;
SELECT pg_temp.upload('s2', 0, 20), pg_temp.upload('s2', 30, 95, 95, 95);
SELECT pg_temp.clock(75), pg_temp.clock(88);
SELECT is(pg_temp.told('s2'), '', 'the next upload is waited for');
SELECT pg_temp.upload('s2', 60, 20);
SELECT pg_temp.clock(95);
SELECT is(pg_temp.told('s2'), '', 'it denied the alarm');
SELECT pg_temp.upload('s2', 90, 95, 95, 95);
SELECT pg_temp.clock(155);
SELECT is(pg_temp.told('s2') || ' ' || pg_temp.history('s2'), 'raised 127-', 'an upload that does not come is not waited for for ever');
SELECT pg_temp.upload('s2', 120, 20);
SELECT is(pg_temp.told('s2'), 'raised retracted', 'and when it comes after all, the alarm is taken back');
SELECT is(pg_temp.history('s2'), pg_temp.backtest('s2'), 'as the backtest says');
SELECT is((SELECT count(*) FROM alarm.kpi('equipment', '-infinity', 'infinity') AS k WHERE k.equipment_id = 'ck-1' AND k.alarms > 1), 0::bigint, 'it counts in no figure');

-- 3. seen: a clock 2 minutes fast delays an on-delay of 5 s by 2 minutes
SELECT pg_temp.rule('s3', 5);
SELECT pg_temp.say('s3', 0, 120, 20), pg_temp.say('s3', 1, 121, 95);
SELECT pg_temp.clock(5);
SELECT is(pg_temp.history('s3'), '', 'not before');
SELECT pg_temp.clock(7);
SELECT is(pg_temp.history('s3'), '126-', 'a fast clock: after as much real time as the delay says');

-- 4. seen: a clock that was 4 minutes fast and is put right blinds the sensor for 4 minutes
SELECT pg_temp.rule('s4', 0);
SELECT pg_temp.say('s4', n, 240 + n, 20) FROM generate_series(1, 30) AS n;
SELECT pg_temp.say('s4', 31, 31, 95);
SELECT is(pg_temp.history('s4'), '31-', 'the first value of the clock that is right raises');
SELECT pg_temp.say('s4', 32, 32, 20);
SELECT is(pg_temp.history('s4'), '31-32', 'the next one clears');
SELECT is((SELECT extract(epoch FROM l.time - zero.at)::integer || ' ' || l.value FROM zero, telemetry.latest AS l JOIN plant.sensor AS s ON s.id = l.sensor_id WHERE s.name = 's4' AND s.equipment_id = 'ck-1'), '32 20', 'and is the latest value');
SELECT pg_temp.say('s4', 300, 300, 95), pg_temp.clock(302);
SELECT is(pg_temp.history('s4'), pg_temp.backtest('s4'), 'the backtest says the same');
-- the same, while an alarm stands
SELECT pg_temp.rule('s5', 0);
SELECT pg_temp.say('s5', n, 240 + n, 95) FROM generate_series(1, 30) AS n;
SELECT pg_temp.say('s5', 31, 31, 95);
SELECT is(pg_temp.told('s5') || ' ' || pg_temp.history('s5'), 'raised 31-', 'a value that is still beyond the limit: the alarm stands, nothing is told again');
SELECT pg_temp.say('s5', 32, 32, 20);
SELECT is(pg_temp.told('s5') || ' ' || pg_temp.history('s5'), 'raised cleared 31-32', 'it clears at once');
SELECT is(pg_temp.history('s5'), pg_temp.backtest('s5'), 'the backtest says the same');
SELECT pg_temp.rule('s6', 0);
SELECT pg_temp.say('s6', n, 240 + n, 95) FROM generate_series(1, 3) AS n;
SELECT pg_temp.say('s6', 4, 4, 20);
SELECT is(pg_temp.told('s6') || ' ' || pg_temp.history('s6'), 'raised retracted ', 'what only a wrong clock said is taken back');

-- 5. of the same kind: an off-delay that silence completes, and the sample that denies it
SELECT pg_temp.rule('s7', 0, 10);
SELECT pg_temp.say('s7', 60, 0, 95), pg_temp.say('s7', 65, 5, 20);
SELECT pg_temp.clock(70);
SELECT is(pg_temp.history('s7'), '0-', 'a slow clock shortens no off-delay');
SELECT pg_temp.clock(76);
SELECT is(pg_temp.told('s7') || ' ' || pg_temp.history('s7'), 'raised cleared 0-15', 'silence completed it');
SELECT pg_temp.say('s7', 80, 12, 95);
SELECT is(pg_temp.told('s7') || ' ' || pg_temp.history('s7'), 'raised cleared reinstated 0-', 'a sample from before denies it: the alarm stands');
SELECT is((SELECT count(*) FROM alarm.alarm AS a JOIN plant.sensor AS s ON s.id = a.sensor_id WHERE s.name = 's7' AND s.equipment_id = 'ck-1'), 1::bigint, 'and is the same one');
-- the value between limit and deadband denies it, too, though it is quiet
SELECT pg_temp.rule('s8', 0, 10);
SELECT pg_temp.say('s8', 0, 0, 95), pg_temp.say('s8', 5, 5, 20), pg_temp.clock(16), pg_temp.say('s8', 17, 9, 79.5);
SELECT is(pg_temp.told('s8'), 'raised cleared reinstated', 'a value within the deadband denies the end');
SELECT pg_temp.say('s8', 18, 18, 20), pg_temp.clock(30);
SELECT is(pg_temp.history('s8'), '0-28', 'which comes later');
-- 6. a severity that the clock alone changed
SELECT pg_temp.rule('s9', 10);
SELECT pg_temp.say('s9', 0, 0, 90), pg_temp.clock(11), pg_temp.say('s9', 12, 12, 120), pg_temp.clock(23);
SELECT is((SELECT a.severity FROM alarm.alarm AS a JOIN plant.sensor AS s ON s.id = a.sensor_id WHERE s.name = 's9' AND s.equipment_id = 'ck-1'), 'critical', 'it became worse in silence');
SELECT pg_temp.say('s9', 24, 15, 90);
SELECT is((SELECT a.severity FROM alarm.alarm AS a JOIN plant.sensor AS s ON s.id = a.sensor_id WHERE s.name = 's9' AND s.equipment_id = 'ck-1'), 'medium', 'but it had not');
SELECT is(pg_temp.told('s9'), 'raised severity_changed severity_changed', 'both are told');
-- 7. the clock said it, the sample confirms it: nothing is told twice
SELECT pg_temp.rule('s10', 10);
SELECT pg_temp.say('s10', 60, 0, 95), pg_temp.clock(72), pg_temp.say('s10', 73, 8, 96), pg_temp.say('s10', 74, 9, 97), pg_temp.say('s10', 90, 30, 98);
SELECT is(pg_temp.told('s10') || ' ' || pg_temp.history('s10'), 'raised 10-', 'samples that say the same change nothing');
-- 8. uploads that overtake each other
SELECT pg_temp.rule('s11', 3);
SELECT pg_temp.say('s11', 20, 11, 20, 12, 95, 20, 20), pg_temp.say('s11', 21, 1, 20, 5, 95, 10, 20);
SELECT is(pg_temp.history('s11'), '8-10 15-20', 'in the place where they belong');
SELECT is(pg_temp.history('s11'), pg_temp.backtest('s11'), 'as the backtest says');
SELECT pg_temp.say('s11', 22, 7, 20, 13, 20);
SELECT is(pg_temp.told('s11') || ' ' || pg_temp.history('s11'), 'raised cleared raised cleared retracted retracted ', 'two late points, two alarms less');
-- 9. what an operator reset no late point brings back, and what was judged by other limits stays
INSERT INTO alarm.rule (name, condition, high, latched, select_equipment, select_sensor) VALUES ('ck s12', 'above', 80, true, '{ck-1}', '{s12}');
SELECT pg_temp.clock(-100);
SELECT pg_temp.say('s12', 0, 0, 95), pg_temp.say('s12', 5, 5, 20);
SELECT alarm.reset(a.id, 'kim') FROM alarm.alarm AS a JOIN plant.sensor AS s ON s.id = a.sensor_id WHERE s.name = 's12' AND a.active \g /dev/null
SELECT pg_temp.say('s12', 7, 3, 20), pg_temp.say('s12', 8, 4, 95);
SELECT is((SELECT string_agg(a.active::text, ' ') FROM alarm.alarm AS a JOIN plant.sensor AS s ON s.id = a.sensor_id WHERE s.name = 's12'), 'false', 'reset is reset');
SELECT pg_temp.rule('s13', 0);
SELECT pg_temp.say('s13', 0, 0, 85), pg_temp.say('s13', 10, 10, 86);
UPDATE alarm.rule SET high = 90 WHERE name = 'ck s13';
SELECT pg_temp.clock(11);
SELECT pg_temp.say('s13', 12, 5, 20);
SELECT is(pg_temp.history('s13'), '0-10', 'a late point does not judge by new limits what was judged by the old ones');
SELECT is((SELECT count(*) FROM telemetry.clock_event WHERE unjudged > 0 AND equipment_id = 'ck-1'), 3::bigint, 'and is counted, as what came after the reset');
-- 10. escalation counts from when the alarm was raised here, not on the device's clock
SELECT pg_temp.rule('s14', 0);
UPDATE alarm.rule SET escalate_after = '5 minutes' WHERE name = 'ck s14';
SELECT pg_temp.clock(-100);
SELECT pg_temp.say('s14', 600, 0, 95);
SELECT alarm.tick(clock_timestamp());
SELECT is(pg_temp.told('s14'), 'raised', 'a clock 10 minutes slow does not escalate at once');
-- 11. held alarms are taken back unheard
SELECT pg_temp.rule('s15', 10);
INSERT INTO plant.maintenance (equipment_id, title, starts_at, ends_at) VALUES ('ck-1', 'w', pg_temp.at(-1), pg_temp.at(100000));
SELECT pg_temp.say('s15', 0, 0, 95), pg_temp.clock(11);
SELECT pg_temp.say('s15', 12, 5, 20);
SELECT is((SELECT count(*) FROM alarm.alarm AS a JOIN plant.sensor AS s ON s.id = a.sensor_id WHERE s.name = 's15' AND s.equipment_id = 'ck-1' AND a.retracted_at IS NOT NULL) || pg_temp.told('s15'), '1', 'who never heard of it hears nothing');
UPDATE plant.maintenance SET status = 'done' WHERE equipment_id = 'ck-1';
-- a clock that was right and is put back by two minutes: it is late by as much each time
SELECT pg_temp.rule('s16', 0);
SELECT pg_temp.say('s16', n, n, 20) FROM generate_series(80, 230) AS n;
SELECT pg_temp.say('s16', n, n - 120.5, 95) FROM generate_series(231, 240) AS n;
SELECT is((SELECT count(*) FROM alarm.alarm AS a WHERE a.code = 'ck s16' AND a.active), 1::bigint, 'a clock that is put back behind ours is followed after a few points; until then they belong to the past');
SELECT pg_temp.say('s16', 241, 120.7, 20);
SELECT is((SELECT count(*) FROM alarm.alarm AS a WHERE a.code = 'ck s16' AND a.active), 0::bigint, 'and clears');
SELECT is(pg_temp.history('s16'), pg_temp.backtest('s16'), 'as the backtest says');
-- what was only held up and now comes fast is no step: the newest value stays
SELECT pg_temp.rule('s17', 0);
SELECT pg_temp.say('s17', 300, 300, 20);
SELECT pg_temp.say('s17', 300 + n, 100 + 10 * n, 95) FROM generate_series(1, 18) AS n;
SELECT is((SELECT l.value FROM telemetry.latest AS l JOIN plant.sensor AS s ON s.id = l.sensor_id WHERE s.equipment_id = 'ck-1' AND s.name = 's17'), 20::float8, 'a backlog is no step of the clock');
SELECT is(pg_temp.history('s17'), '110-300', 'it is judged in its place');
-- conditions that a job judges go by the sensor's time, too
CREATE FUNCTION pg_temp.judge(second float8) RETURNS void LANGUAGE sql AS $$ SELECT alarm.judge_derived(pg_temp.at(second) + ops.setting_interval('alarm.tick_grace')); SELECT pg_temp.clock(second) $$;
INSERT INTO alarm.rule (name, condition, high, select_equipment, select_sensor) VALUES ('ck s18', 'no_data', 30, '{ck-1}', '{s18}'), ('ck s19', 'no_data', 30, '{ck-1}', '{s19}'), ('ck s20', 'no_data', 20, '{ck-1}', '{s20}');
SELECT pg_temp.judge(-400);
SELECT pg_temp.say('s18', n, n - 60, 1), pg_temp.say('s19', n, n + 120, 1), pg_temp.judge(n) FROM generate_series(1, 50, 5) AS n;
SELECT is(pg_temp.history('s18'), '', 'a slow clock is not silence');
SELECT pg_temp.judge(75);
SELECT is(pg_temp.history('s18') || pg_temp.history('s19'), '', 'nor is a pause that is shorter than the limit');
SELECT pg_temp.judge(78);
SELECT is(pg_temp.history('s18') || ' ' || pg_temp.history('s19'), '16- 196-', 'silence is noticed after as long as the rule says, on clocks that are slow or fast');
SELECT pg_temp.say('s18', 80, 20, 1), pg_temp.say('s19', 81, 201, 1), pg_temp.judge(82);
SELECT is(pg_temp.history('s18') || ' ' || pg_temp.history('s19'), '16-20 196-201', 'as is its end');
SELECT pg_temp.judge(200);
SELECT is(pg_temp.history('s18') || ' ' || pg_temp.history('s19'), pg_temp.backtest('s18') || ' ' || pg_temp.backtest('s19'), 'as the backtest says');
SELECT pg_temp.upload('s20', 0, 20), pg_temp.judge(45), pg_temp.judge(58), pg_temp.upload('s20', 30, 20), pg_temp.judge(61), pg_temp.judge(88);
SELECT is(pg_temp.history('s20'), '', 'uploads of half a minute are no silence of 20 s');
SELECT pg_temp.judge(95);
SELECT is(pg_temp.history('s20'), '79-', 'one that does not come is');
INSERT INTO alarm.rule (name, condition, high, on_delay, parameters, select_equipment, select_sensor) VALUES ('ck s21', 'two_signal', 10, '10 s', '{"other": "s22"}', '{ck-1}', '{s21}');
SELECT pg_temp.judge(-300);
SELECT pg_temp.say('s22', 60, 0, 1), pg_temp.say('s21', 61, 1, 50), pg_temp.judge(62), pg_temp.say('s21', 65, 5, 1), pg_temp.judge(67), pg_temp.judge(200);
SELECT is(pg_temp.history('s21'), '', 'a difference that stood 4 s on a slow clock is none of 10 s');

-- channels: whose routes ask for raised and cleared hears what puts these right; one that was away hears it when it is back
INSERT INTO relay.channel (name, kind, target, rate) SELECT 'ck ' || n, 'webhook', 'https://example.com/' || n, 1000 FROM unnest('{both,raises,away}'::text[]) AS n;
INSERT INTO relay.route (name, channel_id, events) SELECT c.name, c.id, CASE c.name WHEN 'ck raises' THEN '{raised}'::text[] ELSE '{raised,cleared}' END FROM relay.channel AS c WHERE c.name LIKE 'ck %';
CREATE FUNCTION pg_temp.heard(channel text, sensor text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(x.data ->> 'event', ' ' ORDER BY d.id), '')
    FROM relay.delivery AS d JOIN relay.channel AS c ON c.id = d.channel_id LEFT JOIN relay.outbox AS o ON o.seq = d.seq
    CROSS JOIN LATERAL (SELECT coalesce(d.data, o.data) AS data) AS x
    WHERE c.name = 'ck ' || heard.channel AND x.data ->> 'sensor' = heard.sensor $$;
SELECT pg_temp.rule('s23', 10), pg_temp.rule('s24', 0, 10);
SELECT pg_temp.say('s23', 60, 0, 95), pg_temp.say('s24', 60, 0, 95), pg_temp.say('s24', 61, 1, 20), pg_temp.clock(72);
SELECT is(pg_temp.heard('both', 's23') || ', ' || pg_temp.heard('both', 's24'), 'raised, raised cleared', 'the clock raised one and cleared the other');
UPDATE relay.channel SET available = false WHERE name = 'ck away';
SELECT pg_temp.say('s23', 73, 5, 20), pg_temp.say('s24', 74, 5, 95);
SELECT is(pg_temp.heard('both', 's23') || ', ' || pg_temp.heard('both', 's24'), 'raised retracted, raised cleared reinstated', 'samples deny both: the channel hears it');
SELECT is(pg_temp.heard('raises', 's23') || ', ' || pg_temp.heard('raises', 's24'), 'raised, raised reinstated', 'who asks for raises alone hears of no end, and that it stands');
UPDATE relay.channel SET available = true WHERE name = 'ck away';
SELECT pg_temp.clock(80);
SELECT is(pg_temp.heard('away', 's23') || ', ' || pg_temp.heard('away', 's24'), 'raised retracted, raised cleared raised', 'who was away hears it when it is back');
SELECT is((SELECT count(*) FROM alarm.told AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id WHERE a.code IN ('ck s23', 'ck s24')), 3::bigint, 'and all believe that one of them stands');
SELECT is((SELECT d.data ->> 'active' FROM relay.delivery AS d JOIN relay.channel AS c ON c.id = d.channel_id WHERE c.name = 'ck away' AND d.data ->> 'event' = 'retracted'), 'false', 'what was taken back is not active');
DELETE FROM relay.channel WHERE name LIKE 'ck %';

-- 12. clocks are shown, and a wrong one is an alarm
SELECT telemetry.watch_clocks(clock_timestamp()) \g /dev/null
INSERT INTO plant.equipment (id, name) SELECT 'ck-' || k, k FROM unnest('{slow,fast,right,old}'::text[]) AS k;
INSERT INTO plant.sensor (equipment_id, name, type) SELECT 'ck-' || k, n, 'current' FROM unnest('{slow,fast,right,old}'::text[]) AS k, unnest('{a,b}'::text[]) AS n;
CREATE FUNCTION pg_temp.hear(machine text, sensor text, ahead float8, age float8 DEFAULT 0) RETURNS void LANGUAGE sql AS $$
    SELECT ingest.store(ARRAY[s.id], ARRAY[n.now + make_interval(secs => ahead)], ARRAY[1.0], ARRAY[0::smallint], ARRAY[false], n.now)
    FROM plant.sensor AS s, (SELECT clock_timestamp() - make_interval(secs => age) AS now) AS n WHERE s.equipment_id = 'ck-' || machine AND s.name = sensor $$;
CREATE FUNCTION pg_temp.offsets() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat(substr(c.equipment_id, 4), ' ', round(c.offset_seconds::numeric), CASE WHEN c.is_wrong THEN '!' END), ' ' ORDER BY c.equipment_id)
    FROM report.clock AS c WHERE c.equipment_id <> 'ck-1' $$;
CREATE FUNCTION pg_temp.standing() RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(a.code || ' ' || a.severity, ' ' ORDER BY a.code), '') FROM alarm.alarm AS a WHERE a.code LIKE 'clock:%' AND a.active AND a.code <> 'clock:ck-1' $$;
SELECT pg_temp.hear('slow', 'a', -400), pg_temp.hear('slow', 'b', -60), pg_temp.hear('fast', 'a', 120), pg_temp.hear('fast', 'b', 119), pg_temp.hear('right', 'a', -500), pg_temp.hear('right', 'b', 0), pg_temp.hear('old', 'a', -7200);
SELECT is(telemetry.watch_clocks(clock_timestamp()) > 0, true, 'the job');
SELECT is(pg_temp.offsets(), 'fast 120! old -7200! right 0 slow -60!', 'of each machine what lost least time on its way');
SELECT is(pg_temp.standing(), 'clock:ck-fast medium', 'a clock that is ahead is an alarm at once');
SELECT telemetry.watch_clocks(clock_timestamp() + interval '70 s') \g /dev/null
SELECT is(pg_temp.standing(), 'clock:ck-fast medium clock:ck-old high clock:ck-slow medium', 'one that is behind when it stays so; worse where live alarms are lost');
SELECT is((SELECT c.historical FROM report.clock AS c WHERE c.equipment_id = 'ck-old'), 1::bigint, 'which is counted');
SELECT is((SELECT m.value FROM ops.metrics() AS m WHERE m.name = 'millwright_historical_points_total'), 1::float8, 'also for Prometheus');
SELECT is((SELECT m.value FROM ops.metrics() AS m WHERE m.name = 'millwright_clock_offset_worst_seconds') > 7100, true, 'as is the worst offset');
SELECT cmp_ok((SELECT m.value FROM ops.metrics() AS m WHERE m.name = 'millwright_disowned_points_total'), '>', 60::float8, 'and what lay ahead of a clock that was put back');
SELECT is((SELECT o.data -> 'message' ->> 'en' ~ 'old is off by -7200 s.*1 of its points' FROM relay.outbox AS o WHERE o.data ->> 'rule' = 'clock:ck-old'), true, 'and told');
SELECT is(api.get_equipment('ck-fast') -> 'clock_offset' > '119', true, 'the API shows it');
SELECT is(api.get_equipment('ck-1') ? 'clock_offset', true, 'of each');
SELECT pg_temp.hear('fast', 'a', 0), pg_temp.hear('slow', 'a', 0), pg_temp.hear('old', 'a', -1);
SELECT telemetry.watch_clocks(clock_timestamp() + interval '80 s') \g /dev/null
SELECT is(pg_temp.offsets(), 'fast 0 old -1 right 0 slow 0', 'clocks that are put right are seen at once');
SELECT is(pg_temp.standing(), '', 'and their alarms clear by themselves');
-- its limit is a row that an engineer changes, like that of any other failure
UPDATE alarm.system_condition SET high = 10, deadband = 1 WHERE name = 'clock';
SELECT pg_temp.hear('fast', 'a', 12);
SELECT telemetry.watch_clocks(clock_timestamp() + interval '90 s') \g /dev/null
SELECT is(pg_temp.standing(), 'clock:ck-fast medium', 'a limit that was lowered');
SELECT is((SELECT s.value::integer || ' ' || s.level FROM alarm.system_state AS s WHERE s.condition = 'clock' AND s.object = 'ck-fast'), '12 high', 'is shown like the others');
UPDATE alarm.system_condition SET enabled = false WHERE name = 'clock';
SELECT telemetry.watch_clocks(clock_timestamp() + interval '100 s') \g /dev/null
SELECT is(pg_temp.standing() || (SELECT count(*) FROM telemetry.clock WHERE wrong_since IS NOT NULL), '0', 'switched off, nobody is told, and what stood clears');
UPDATE alarm.system_condition SET enabled = true WHERE name = 'clock';
DELETE FROM plant.sensor WHERE equipment_id = 'ck-slow'; DELETE FROM plant.equipment WHERE id = 'ck-slow';
SELECT lives_ok('SELECT telemetry.watch_clocks()', 'machines go');
SELECT * FROM finish();
ROLLBACK;
