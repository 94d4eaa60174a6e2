-- The languages of notifications. What is called how in them: relay.phrase; messages: alarm.message_template.
INSERT INTO relay.language (code, name, rank, is_default) VALUES ('en', 'English', 1, false), ('ko', '한국어', 2, true)
ON CONFLICT (code) DO NOTHING;
-- <field>.<value>: what the value of a field is called in a message
INSERT INTO relay.phrase (language, key, text) VALUES
    ('ko', 'severity.low', '낮음'), ('en', 'severity.low', 'low'),
    ('ko', 'severity.medium', '보통'), ('en', 'severity.medium', 'medium'),
    ('ko', 'severity.high', '높음'), ('en', 'severity.high', 'high'),
    ('ko', 'severity.critical', '심각'), ('en', 'severity.critical', 'critical'),
    ('ko', 'level.low_low', '하하한'), ('en', 'level.low_low', 'low low'),
    ('ko', 'level.low', '하한'), ('en', 'level.low', 'low'),
    ('ko', 'level.high', '상한'), ('en', 'level.high', 'high'),
    ('ko', 'level.high_high', '상상한'), ('en', 'level.high_high', 'high high'),
    ('ko', 'level.inside', '금지 구간'), ('en', 'level.inside', 'inside'),
    ('ko', 'level.system', '시스템'), ('en', 'level.system', 'system'),
    ('ko', 'modality.vibration', '진동'), ('en', 'modality.vibration', 'vibration'),
    ('ko', 'modality.current', '전류'), ('en', 'modality.current', 'current'),
    ('ko', 'status.ready', '사용 중'), ('en', 'status.ready', 'ready'),
    ('ko', 'status.rejected', '거부됨'), ('en', 'status.rejected', 'rejected'),
    ('ko', 'status.missing', '없음'), ('en', 'status.missing', 'missing'),
    ('ko', 'status.retired', '퇴역'), ('en', 'status.retired', 'retired'),
    -- labels that classifiers use (metadata.json, class_map); a plant adds its own
    ('ko', 'fault.normal', '정상'), ('en', 'fault.normal', 'normal'),
    ('ko', 'fault.bearing', '베어링 결함'), ('en', 'fault.bearing', 'bearing'),
    ('ko', 'fault.unbalance', '불평형'), ('en', 'fault.unbalance', 'unbalance'),
    ('ko', 'fault.imbalance', '불평형'), ('en', 'fault.imbalance', 'imbalance'),
    ('ko', 'fault.misalignment', '축 정렬 불량'), ('en', 'fault.misalignment', 'misalignment'),
    ('ko', 'fault.looseness', '체결 풀림'), ('en', 'fault.looseness', 'looseness'),
    ('ko', 'fault.rotor', '회전자 결함'), ('en', 'fault.rotor', 'rotor'),
    ('ko', 'fault.stator', '고정자 결함'), ('en', 'fault.stator', 'stator'),
    ('ko', 'fault.gear', '기어 결함'), ('en', 'fault.gear', 'gear'),
    ('ko', 'fault.belt', '벨트 결함'), ('en', 'fault.belt', 'belt'),
    ('ko', 'message.test', '시험 알림입니다.'), ('en', 'message.test', 'This is a test notification.')
ON CONFLICT (key, language) DO NOTHING;
