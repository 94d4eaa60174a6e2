-- What the alarm system needs before the first rule: severities, texts, known sensor types, settings.
INSERT INTO alarm.severity (name, rank, minimum_confidence, colour, label_ko, label_en) VALUES
    ('low', 100, 0, '#00cc00', '낮음', 'low'),
    ('medium', 200, 0.4, '#ffcc00', '보통', 'medium'),
    ('high', 300, 0.6, '#ff6600', '높음', 'high'),
    ('critical', 400, 0.8, '#ff0000', '심각', 'critical')
ON CONFLICT (name) DO NOTHING;

INSERT INTO alarm.message_template (condition, language, body) VALUES
    ('*', 'ko', '장비 {equipment} {sensor} 경보: 값 {value}{unit}, 한계 {limit}{unit} ({level}), 심각도 {severity}, 규칙 {rule}'),
    ('*', 'en', 'Equipment {equipment} {sensor}: value {value}{unit}, limit {limit}{unit} ({level}), severity {severity}, rule {rule}'),
    ('cleared', 'ko', '장비 {equipment} {sensor} 경보 해제: 값 {value}{unit}, 규칙 {rule}'),
    ('cleared', 'en', 'Equipment {equipment} {sensor} back to normal: value {value}{unit}, rule {rule}'),
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
    ('alarm.shelve_maximum', '"8 hours"', 'Longest shelving that an operator may ask for.', 'interval'),
    ('alarm.flood_count', '10', 'So many alarms of one equipment within alarm.flood_window are a flood (EEMUA 191).', 'count'),
    ('alarm.flood_window', '"10 minutes"', 'See alarm.flood_count.', 'interval'),
    ('alarm.flood_action', '"report"', 'What a flood does besides its own system alarm: report does nothing more, suppress keeps the equipment''s other alarms from the operators until it ends.', NULL),
    ('alarm.time_zone', '"UTC"', 'Time zone in which days and shifts of the alarm figures begin.', NULL),
    ('alarm.shift_starts', '["06:00", "14:00", "22:00"]', 'When shifts begin, in alarm.time_zone.', NULL),
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
    ('alarm.tick', 'alarm.tick_job', '1 second', 'Fires delays that fell due without a sample, ends shelvings, escalates.'),
    ('alarm.judge_derived', 'alarm.judge_derived_job', '5 seconds', 'Judges the rules that derive a number first: windowed, two signals, no data, baseline by hour or state.')
ON CONFLICT (name) DO NOTHING;
-- a short limit: what it leaves of a run that is cut off, the next one does
INSERT INTO ops.job (name, procedure, schedule, max_runtime, description) VALUES
    ('alarm.judge_expressions', 'alarm.judge_expressions_job', '5 seconds', '5 seconds', 'Judges the rules of condition expression.'),
    ('alarm.purge', 'alarm.purge', '1 hour', '5 minutes', 'Removes alarms that cleared longer ago than the setting alarm.retention.')
ON CONFLICT (name) DO NOTHING;
