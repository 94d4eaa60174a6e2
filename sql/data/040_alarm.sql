-- What the alarm system needs before the first rule: severities, texts, known sensor types, settings.
INSERT INTO alarm.severity (name, rank, minimum_confidence, colour) VALUES
    ('low', 100, 0, '#00cc00'),
    ('medium', 200, 0.4, '#ffcc00'),
    ('high', 300, 0.6, '#ff6600'),
    ('critical', 400, 0.8, '#ff0000')
ON CONFLICT (name) DO NOTHING;

INSERT INTO alarm.transition_kind (kind, place, told, opens, closes, stands, grades, holds, frees, hindsight, judged,
                                   by_people, meaning)
SELECT v.kind, v.place, 'told' = ANY (v.marks), 'opens' = ANY (v.marks), 'closes' = ANY (v.marks), 'stands' = ANY (v.marks),
       'grades' = ANY (v.marks), 'holds' = ANY (v.marks), 'frees' = ANY (v.marks), 'hindsight' = ANY (v.marks), 'judged' = ANY (v.marks),
       'by_people' = ANY (v.marks), v.meaning
FROM (VALUES
    ('raised', 1, '{told,opens,stands,grades,judged}'::text[], 'The alarm began.'),
    ('severity_changed', 2, '{told,stands,grades,judged}', 'Another limit decides how bad it is.'),
    ('cleared', 3, '{told,closes,judged}', 'The value is good again, or the rule is gone.'),
    ('retracted', 4, '{told,closes,hindsight}', 'It never was.'),
    ('reinstated', 5, '{told,opens,stands,grades,hindsight}', 'It never cleared.'),
    ('revised', 6, '{hindsight}', 'It was raised or cleared at another time.'),
    ('acknowledged', 7, '{told,by_people}', 'Somebody has seen it.'),
    ('confirmed', 8, '{by_people}', 'Somebody has done what was to be done.'),
    ('realarmed', 9, '{told,stands}', 'It still stands after alarm.rule.re_alarm.'),
    ('escalated', 10, '{told,stands,grades}', 'Nobody has acknowledged it in time.'),
    ('shelved', 11, '{holds,by_people}', 'An operator put it aside for a time.'),
    ('unshelved', 12, '{stands,frees,by_people}', 'The shelving ended.'),
    ('suppressed', 13, '{holds,by_people}', 'An operator, a maintenance, a parent or a flood hides it.'),
    ('unsuppressed', 14, '{stands,frees,by_people}', 'Nothing hides it any more.'),
    ('out_of_service', 15, '{holds,by_people}', 'Its sensor is being worked on.'),
    ('in_service', 16, '{stands,frees,by_people}', 'The work is over.'),
    ('commented', 17, '{by_people}', 'Somebody wrote something down.'),
    ('reset', 18, '{by_people}', 'An operator ended a latched alarm.'),
    ('chatter_started', 19, '{}', 'It comes and goes too often and is damped.'),
    ('chatter_ended', 20, '{}', 'It is damped no longer.')
) AS v (kind, place, marks, meaning)
ON CONFLICT (kind) DO UPDATE SET
    place = excluded.place, told = excluded.told, opens = excluded.opens, closes = excluded.closes, stands = excluded.stands,
    grades = excluded.grades, holds = excluded.holds, frees = excluded.frees, hindsight = excluded.hindsight,
    judged = excluded.judged, by_people = excluded.by_people, meaning = excluded.meaning;

-- One row, one function (series) and one test make a new condition.
INSERT INTO alarm.condition
    (name, place, subject, judged, limits, limits_needed, limits_hint, steps, stands, quiet_band, series, meaning) VALUES
    ('above', 1, 'sensor', 'sample', '{high,high_high}', '{high}', 'Set high; leave low and low_low NULL.',
     false, true, true, 'series_readings', 'The value.'),
    ('below', 2, 'sensor', 'sample', '{low_low,low}', '{low}', 'Set low; leave high and high_high NULL.',
     false, true, true, 'series_readings', 'The value.'),
    ('outside', 3, 'sensor', 'sample', '{low_low,low,high,high_high}', '{low,high}', 'For one limit use above or below.',
     false, true, true, 'series_readings', 'The value.'),
    ('inside', 4, 'sensor', 'sample', '{low,high}', '{low,high}', 'They bound the forbidden band.',
     false, true, false, 'series_readings', 'The value; the alarm is between the limits.'),
    ('rate_of_change', 5, 'sensor', 'sample', '{low_low,low,high,high_high}', '{}', 'Set at least one limit.',
     true, false, false, 'series_readings', 'Change per second since the sample before.'),
    ('flat_line', 6, 'sensor', 'sample', '{high,high_high}', '{high}', 'Set high; leave low and low_low NULL.',
     true, true, false, 'series_readings', 'Seconds without a change.'),
    ('no_data', 7, 'sensor', 'silence', '{high,high_high}', '{high}', 'Set high; leave low and low_low NULL.',
     false, true, true, 'series_silence', 'Seconds without a value.'),
    ('windowed', 8, 'sensor', 'clock', '{low_low,low,high,high_high}', '{}', 'Set at least one limit.',
     false, true, true, 'series_window', 'An aggregate over the minutes of a window, at each full minute.'),
    ('baseline', 9, 'sensor', 'sample', '{low_low,low,high,high_high}', '{}', 'Set at least one limit.',
     false, true, true, 'series_baseline',
     'The value, with limits in spreads from the centre of what was learned (alarm.baseline); by hour or state judged by the clock.'),
    ('two_signal', 10, 'sensor', 'clock', '{low_low,low,high,high_high}', '{}', 'Set at least one limit.',
     false, true, true, 'series_two_signals', 'Difference or ratio to another sensor of the same equipment.'),
    ('iso_zone', 11, 'sensor', 'sample', '{}', '{}', 'They come from the zone table or the model.',
     false, true, true, 'series_readings', 'The value, with the limits of alarm.vibration_zone.'),
    ('model_verdict', 12, 'equipment', 'verdict', '{}', '{}', 'They come from the zone table or the model.',
     false, true, true, 'series_verdicts', 'Anomalies in a row that a model found.'),
    ('rul_below', 13, 'equipment', 'verdict', '{low_low,low}', '{low}', 'Set low; leave high and high_high NULL.',
     false, true, true, NULL, 'Remaining useful life.'),
    ('expression', 14, 'equipment', 'expression', '{low_low,low,high,high_high}', '{}', 'Set at least one limit.',
     false, true, true, NULL, 'A number that arithmetic or SQL makes of a machine.')
ON CONFLICT (name) DO UPDATE SET
    place = excluded.place, subject = excluded.subject, judged = excluded.judged, limits = excluded.limits,
    limits_needed = excluded.limits_needed, limits_hint = excluded.limits_hint, steps = excluded.steps,
    stands = excluded.stands, quiet_band = excluded.quiet_band, series = excluded.series, meaning = excluded.meaning;
UPDATE alarm.condition AS c SET each_minute = v.each_minute, may_be_unjudged = v.may_be_unjudged
FROM (VALUES ('windowed', true, false), ('baseline', false, true), ('iso_zone', false, true), ('two_signal', false, true))
    AS v (name, each_minute, may_be_unjudged)
WHERE c.name = v.name AND (c.each_minute, c.may_be_unjudged) <> (v.each_minute, v.may_be_unjudged);

INSERT INTO alarm.condition_parameter (condition, parameter, type, required, choices, longest, meaning) VALUES
    ('rate_of_change', 'step', 'number', false, NULL, 200,
     'Shortest time in seconds over which the change is taken; limits are in units per second. Default 0: from value to value.'),
    ('flat_line', 'epsilon', 'number', false, NULL, 200,
     'Largest change that still counts as none; the limit is in seconds without change. Default 0.'),
    ('windowed', 'aggregate', 'text', true, '{mean,min,max,count,stddev,slope}', 200,
     'What is taken over the window, at each full minute; slope is in units per second.'),
    ('windowed', 'window', 'interval', true, NULL, 200,
     'How far the window reaches back.'),
    ('baseline', 'state', 'text', false, NULL, 200,
     'Operating state whose baseline counts; each: that of the state that held at the time (alarm.operating_state). Limits and deadband are in spreads from the centre (low negative). Default *.'),
    ('baseline', 'season', 'text', false, '{hour_of_week}', 200,
     'Each value against the baseline of its hour of the week, where that was learned.'),
    ('baseline', 'window', 'interval', false, NULL, 200,
     'With state each: how old the value that tells the state may be. Default 1 day.'),
    ('two_signal', 'other', 'text', true, NULL, 200,
     'Name of the other sensor of the same equipment.'),
    ('two_signal', 'operation', 'text', false, '{difference,ratio}', 200,
     'What the limits are held against. Default difference.'),
    ('two_signal', 'window', 'interval', false, NULL, 200,
     'How old the other sensor''s value may be. Default 1 minute.'),
    ('iso_zone', 'standard', 'text', false, NULL, 200,
     'alarm.vibration_zone.standard where several have the machine''s class.'),
    ('model_verdict', 'consecutive', 'count', false, NULL, 200,
     'Anomalies in a row that it takes. Default 1.'),
    ('expression', 'expression', 'text', false, NULL, NULL,
     'Arithmetic over the latest values of the equipment''s sensors by their names: (current_x + current_y) / 2 - current_z. Numbers, + - * / ( ), abs, sqrt, least, greatest. This or sql.'),
    ('expression', 'sql', 'text', false, NULL, NULL,
     'Any SQL expression that gives a number, subqueries included; sees equipment_id (text), sensors (jsonb, name to latest value) and at (timestamptz), in subqueries as machine.equipment_id. Runs as role alarm_expression, which reads plant, telemetry, rollup, ml and report. This or expression.')
ON CONFLICT (condition, parameter) DO UPDATE SET
    type = excluded.type, required = excluded.required, choices = excluded.choices, longest = excluded.longest,
    meaning = excluded.meaning;

INSERT INTO alarm.message_template (condition, language, body) VALUES
    ('*', 'ko', '장비 {equipment} {sensor} 경보: 값 {value}{unit}, 한계 {limit}{unit} ({level}), 심각도 {severity}, 규칙 {rule}'),
    ('*', 'en', 'Equipment {equipment} {sensor}: value {value}{unit}, limit {limit}{unit} ({level}), severity {severity}, rule {rule}'),
    ('cleared', 'ko', '장비 {equipment} {sensor} 경보 해제: 값 {value}{unit}, 규칙 {rule}'),
    ('cleared', 'en', 'Equipment {equipment} {sensor} back to normal: value {value}{unit}, rule {rule}'),
    ('retracted', 'ko', '장비 {equipment} {sensor} 경보 취소: 나중에 도착한 값에 따르면 발생하지 않았음, 규칙 {rule}'),
    ('retracted', 'en', 'Equipment {equipment} {sensor}: taken back, values that came later say that there was no alarm, rule {rule}'),
    ('reinstated', 'ko', '장비 {equipment} {sensor} 경보 계속: 나중에 도착한 값에 따르면 해제되지 않았음, 값 {value}{unit}, 규칙 {rule}'),
    ('reinstated', 'en', 'Equipment {equipment} {sensor}: stands after all, values that came later say that it never cleared, value {value}{unit}, rule {rule}'),
    ('no_data', 'ko', '장비 {equipment} {sensor}: {value}초 동안 데이터 없음 (한계 {limit}초), 규칙 {rule}'),
    ('no_data', 'en', 'Equipment {equipment} {sensor}: no data for {value} s (limit {limit} s), rule {rule}'),
    ('flat_line', 'ko', '장비 {equipment} {sensor}: {value}초 동안 값 변화 없음 (한계 {limit}초), 규칙 {rule}'),
    ('flat_line', 'en', 'Equipment {equipment} {sensor}: value unchanged for {value} s (limit {limit} s), rule {rule}'),
    ('rate_of_change', 'ko', '장비 {equipment} {sensor} 급변: 초당 {value}{unit}, 한계 {limit}, 심각도 {severity}, 규칙 {rule}'),
    ('rate_of_change', 'en', 'Equipment {equipment} {sensor} changes by {value}{unit} per second, limit {limit}, severity {severity}, rule {rule}'),
    ('iso_zone', 'ko', '장비 {equipment} {sensor} 진동 구역 초과: {value}{unit}, 경계 {limit}{unit} ({level}), 심각도 {severity}'),
    ('iso_zone', 'en', 'Equipment {equipment} {sensor}: vibration {value}{unit} beyond zone boundary {limit}{unit} ({level}), severity {severity}'),
    ('model_verdict', 'ko', '장비 {equipment} 이상 탐지. 모델={model_version}, 신뢰도={confidence}, 유형={modality}'),
    ('model_verdict', 'en', 'Equipment {equipment}: anomaly detected. Model={model_version}, confidence={confidence}, modality={modality}'),
    ('rul_below', 'ko', '장비 {equipment} 잔여 수명 {value} (한계 {limit}), 심각도 {severity}'),
    ('rul_below', 'en', 'Equipment {equipment}: remaining useful life {value} (limit {limit}), severity {severity}'),
    ('model_verdict:fault', 'ko', '장비 {equipment} 이상 탐지: {fault}. 모델={model_version}, 신뢰도={confidence}, 유형={modality}'),
    ('model_verdict:fault', 'en', 'Equipment {equipment}: {fault}. Model={model_version}, confidence={confidence}, modality={modality}'),
    ('model_verdict:cleared', 'ko', '장비 {equipment} 이상 해제. 모델={model_version}'),
    ('model_verdict:cleared', 'en', 'Equipment {equipment}: the model finds no anomaly any more. Model={model_version}'),
    ('system', 'ko', '시스템 경보 {rule}: {text}'),
    ('system', 'en', 'System alarm {rule}: {text}'),
    ('system:cleared', 'ko', '시스템 경보 해제 {rule}: {text}'),
    ('system:cleared', 'en', 'System alarm {rule} is over: {text}')
ON CONFLICT (condition, language) DO NOTHING;

INSERT INTO alarm.known_sensor_type (type, quantity) VALUES
    ('current', 'electric current'), ('vibration', 'vibration velocity or acceleration'), ('temperature', 'temperature'),
    ('pressure', 'pressure'), ('flow', 'volume or mass flow'), ('voltage', 'electric voltage'), ('power', 'electric power'),
    ('speed', 'rotational speed'), ('torque', 'torque'), ('level', 'filling level'), ('humidity', 'relative humidity'),
    ('acoustic', 'sound level'), ('position', 'position'), ('unknown', 'not described yet')
ON CONFLICT (type) DO NOTHING;

INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('alarm.tick_grace', '"2 seconds"', 'How long alarm.tick waits after a timer fell due, so that a sample on its way can still stop it. The alarm carries the due time either way.', 'interval'),
    ('alarm.checkpoint_every', '"1 minute"', 'How often, on the sensor''s time, the state of a machine that is not quiet is kept, to judge late samples from there.', 'interval'),
    ('alarm.longest_burst', '"1 minute"', 'A sensor that uploads many points at once is waited for as long as its uploads usually span, but no longer than this, before a delay fires without a sample.', 'interval'),
    ('alarm.shelve_maximum', '"8 hours"', 'Longest shelving that an operator may ask for.', 'interval'),
    ('alarm.flood_action', '"report"', 'What a flood does besides its own system alarm: report does nothing more, suppress keeps the equipment''s other alarms from the operators until it ends.', NULL),
    ('alarm.shift_starts', '["06:00", "14:00", "22:00"]', 'When shifts begin, in plant.time_zone.', NULL),
    ('alarm.retention', '"2 years"', 'How long alarms are kept after they cleared, with their transitions, and holds after they ended; null: for ever.', 'interval'),
    ('alarm.stale_after', '"24 hours"', 'An alarm that stands longer than this is stale.', 'interval')
ON CONFLICT (name) DO NOTHING;

-- What existing installations rely on without ever having written a rule: a model's verdict raises an alarm.
INSERT INTO alarm.rule (name, description, condition, parameters, severity)
SELECT 'model-verdict', 'The champion model of a machine finds an anomaly. Severity is the verdict''s own.', 'model_verdict',
       '{"consecutive": 1}', 'medium'
WHERE NOT EXISTS (SELECT FROM alarm.rule_version AS v WHERE v.definition ->> 'name' = 'model-verdict')
ON CONFLICT (name) DO NOTHING;

-- Broadband velocity, r.m.s., 10 Hz to 1 kHz (from 2 Hz for slow machines), on bearing housings. The standards themselves are not
-- public. Held against republished tables: the values of part 1 (three of them agree) and the wording of its classes, which a maker
-- of instruments quotes; of part 3 the groups' bounds and group 1 rigid. The other rows of part 3 are as commonly republished:
-- check them against your copy of the standard before relying on them. Edition 2009 of part 3 left pumps to ISO 10816-7; ISO
-- 20816-3:2022 replaced it. Class V and VI (reciprocating) have no boundaries in part 1.
INSERT INTO alarm.vibration_zone (standard, machine_class, unit, minimum_kw, maximum_kw, boundary_ab, boundary_bc, boundary_cd, source) VALUES
    ('ISO 10816-1', 'I', 'mm/s', NULL, 15, 0.71, 1.8, 4.5, 'ISO 10816-1:1995 annex B: parts integrally connected with a machine, motors up to 15 kW'),
    ('ISO 10816-1', 'II', 'mm/s', 15, 300, 1.12, 2.8, 7.1, 'ISO 10816-1:1995 annex B: medium machines, motors 15 to 75 kW without special foundations, rigidly mounted machines up to 300 kW on special foundations'),
    ('ISO 10816-1', 'III', 'mm/s', NULL, NULL, 1.8, 4.5, 11.2, 'ISO 10816-1:1995 annex B: large prime movers and other large machines on foundations that are stiff in the direction of measurement; no power stated'),
    ('ISO 10816-1', 'IV', 'mm/s', NULL, NULL, 2.8, 7.1, 18, 'ISO 10816-1:1995 annex B: the same on foundations that are soft in the direction of measurement; no power stated'),
    ('ISO 10816-3', 'group 1 rigid', 'mm/s', 300, 50000, 2.3, 4.5, 7.1, 'ISO 10816-3:2009 table A.1: above 300 kW up to 50 MW (electrical machines: shaft height from 315 mm), rigid support; not for pumps'),
    ('ISO 10816-3', 'group 1 flexible', 'mm/s', 300, 50000, 3.5, 7.1, 11, 'ISO 10816-3:2009 table A.1: as group 1 rigid, flexible support; value as commonly republished'),
    ('ISO 10816-3', 'group 2 rigid', 'mm/s', 15, 300, 1.4, 2.8, 4.5, 'ISO 10816-3:2009 table A.2: above 15 kW up to 300 kW (electrical machines: shaft height from 160 mm, below 315 mm), rigid support; not for pumps; value as commonly republished'),
    ('ISO 10816-3', 'group 2 flexible', 'mm/s', 15, 300, 2.3, 4.5, 7.1, 'ISO 10816-3:2009 table A.2: as group 2 rigid, flexible support; value as commonly republished')
ON CONFLICT (standard, machine_class, unit) DO NOTHING;

INSERT INTO ops.job (name, procedure, schedule, description) VALUES
    ('alarm.sweep_assignments', 'alarm.sweep_assignments', '5 minutes', 'Checks that every rule watches what it selects, and mends what does not; it should never find anything.'),
    ('alarm.tick', 'alarm.tick_job', '1 second', 'Fires delays that fell due without a sample, ends shelvings, escalates.'),
    ('alarm.judge_derived', 'alarm.judge_derived_job', '5 seconds', 'Judges the rules that derive a number first: windowed, two signals, no data, baseline by hour or state.')
ON CONFLICT (name) DO NOTHING;
-- a short limit: what it leaves of a run that is cut off, the next one does
INSERT INTO ops.job (name, procedure, schedule, max_runtime, description) VALUES
    ('alarm.judge_expressions', 'alarm.judge_expressions_job', '5 seconds', '5 seconds', 'Judges the rules of condition expression.'),
    ('alarm.purge', 'alarm.purge', '1 hour', '5 minutes', 'Removes alarms that cleared longer ago than the setting alarm.retention.')
ON CONFLICT (name) DO NOTHING;
