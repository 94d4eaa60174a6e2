-- Variables that the field configures channels with. Others begin with MILLWRIGHT_CHANNEL_.
INSERT INTO relay.variable (name, description) VALUES
    ('SLACK_WEBHOOK_URL', 'Incoming webhook of the field''s Slack.'),
    ('SLACK_ADMIN_USER_ID', 'Whom the Slack app writes to.')
ON CONFLICT (name) DO NOTHING;
-- What holds for every channel of a kind: Slack takes about one message a second, people read twenty, programs any
-- number.
INSERT INTO relay.channel_kind (kind, rate, digest_over, description) VALUES
    ('slack_webhook', 1, 20, 'Slack''s incoming webhooks.'),
    ('slack_bot', 1, 20, 'Slack''s chat.postMessage.'),
    ('email', NULL, 20, 'E-mail through SMTP_URL.'),
    ('webhook', NULL, NULL, 'A program''s URL: each notification by itself.')
ON CONFLICT (kind) DO NOTHING;
INSERT INTO relay.phrase (language, key, text) VALUES
    ('ko', 'equipment', '장비'), ('en', 'equipment', 'Equipment'),
    ('ko', 'sensor', '센서'), ('en', 'sensor', 'Sensor'),
    ('ko', 'severity', '심각도'), ('en', 'severity', 'Severity'),
    ('ko', 'event', '상태'), ('en', 'event', 'Event'),
    ('ko', 'value', '값'), ('en', 'value', 'Value'),
    ('ko', 'limit', '한계'), ('en', 'limit', 'Limit'),
    ('ko', 'time', '시각'), ('en', 'time', 'Time'),
    ('ko', 'digest', '알람 {x}건'), ('en', 'digest', '{x} alarms'),
    ('ko', 'folded', ' (그 전에: {x})'), ('en', 'folded', ' (before that: {x})'),
    ('ko', 'kind.alarm', '알람'), ('en', 'kind.alarm', 'alarm'),
    ('ko', 'kind.system', '시스템'), ('en', 'kind.system', 'system'),
    ('ko', 'kind.prediction', '예측'), ('en', 'kind.prediction', 'prediction'),
    ('ko', 'kind.rul', '잔여 수명'), ('en', 'kind.rul', 'remaining life'),
    ('ko', 'kind.maintenance', '정비'), ('en', 'kind.maintenance', 'maintenance'),
    ('ko', 'kind.test', '시험'), ('en', 'kind.test', 'test'),
    ('ko', 'kind.digest', '요약'), ('en', 'kind.digest', 'digest'),
    ('ko', 'event.raised', '발생'), ('en', 'event.raised', 'raised'),
    ('ko', 'event.cleared', '해제'), ('en', 'event.cleared', 'cleared'),
    ('ko', 'event.severity_changed', '심각도 변경'), ('en', 'event.severity_changed', 'severity changed'),
    ('ko', 'event.acknowledged', '확인'), ('en', 'event.acknowledged', 'acknowledged'),
    ('ko', 'event.confirmed', '조치 확인'), ('en', 'event.confirmed', 'confirmed'),
    ('ko', 'event.shelved', '보류'), ('en', 'event.shelved', 'shelved'),
    ('ko', 'event.unshelved', '보류 해제'), ('en', 'event.unshelved', 'unshelved, still active'),
    ('ko', 'event.suppressed', '억제'), ('en', 'event.suppressed', 'suppressed'),
    ('ko', 'event.unsuppressed', '억제 해제'), ('en', 'event.unsuppressed', 'no longer suppressed, still active'),
    ('ko', 'event.out_of_service', '사용 중지'), ('en', 'event.out_of_service', 'out of service'),
    ('ko', 'event.in_service', '사용 재개'), ('en', 'event.in_service', 'in service again, still active'),
    ('ko', 'event.realarmed', '재알림'), ('en', 'event.realarmed', 'still active'),
    ('ko', 'event.escalated', '상향 보고'), ('en', 'event.escalated', 'escalated'),
    ('ko', 'event.commented', '의견'), ('en', 'event.commented', 'comment'),
    ('ko', 'event.reset', '재설정'), ('en', 'event.reset', 'reset'),
    ('ko', 'event.chatter_started', '채터링 시작'), ('en', 'event.chatter_started', 'chattering'),
    ('ko', 'event.chatter_ended', '채터링 종료'), ('en', 'event.chatter_ended', 'no longer chattering'),
    ('ko', 'event.retracted', '취소'), ('en', 'event.retracted', 'taken back'),
    ('ko', 'event.reinstated', '해제 취소'), ('en', 'event.reinstated', 'stands after all'),
    ('ko', 'event.revised', '시각 정정'), ('en', 'event.revised', 'times put right'),
    ('ko', 'event.digest', '요약'), ('en', 'event.digest', 'digest'),
    ('ko', 'event.test', '시험'), ('en', 'event.test', 'test')
ON CONFLICT (key, language) DO NOTHING;
-- The channels that existing installations configure by variables alone; off until a thin has them.
INSERT INTO relay.channel (name, kind, target, available)
VALUES ('slack', 'slack_webhook', 'env:SLACK_WEBHOOK_URL', false),
       ('slack-bot', 'slack_bot', 'env:SLACK_ADMIN_USER_ID', false)
ON CONFLICT (name) DO NOTHING;
INSERT INTO relay.route (name, channel_id, kinds, events)
SELECT c.name || '-default', c.id, ARRAY['alarm', 'prediction', 'rul', 'system', 'test'],
       ARRAY['raised', 'severity_changed', 'cleared', 'realarmed', 'escalated', 'test']
FROM relay.channel AS c
WHERE c.name IN ('slack', 'slack-bot')
ON CONFLICT (name) DO NOTHING;
-- No route leads to it by itself: it is what a test e-mail goes to where nobody has made a channel yet.
INSERT INTO relay.channel (name, kind, target, available) VALUES ('email', 'email', 'role:admin', false)
ON CONFLICT (name) DO NOTHING;
INSERT INTO ops.setting (name, value, description, unit) VALUES
    -- loopback, link-local, unspecified, multicast, reserved; where clouds tell machines their secrets
    ('relay.refused_networks', to_jsonb(concat_ws(' ',
        '0.0.0.0/8 127.0.0.0/8 169.254.0.0/16 224.0.0.0/4 240.0.0.0/4 100.100.100.200/32 168.63.129.16/32 '
        '192.0.0.192/32',
        '::/128 ::1/128 fe80::/10 fec0::/10 ff00::/8 fd00:ec2::254/128 fd20:ce::254/128')),
     'Networks that webhooks are never sent to, judged after the name was resolved. The plant''s own (10/8, '
     '172.16/12, 192.168/16, fc00::/7) are not among them.', 'networks'),
    ('relay.allowed_networks', '""',
     'Exceptions from relay.refused_networks, such as 127.0.0.1/32 for a receiver on the same machine.', 'networks'),
    ('relay.outbox_retention', '"7 days"', 'How long notifications can be resumed from.', 'interval')
ON CONFLICT (name) DO NOTHING;
INSERT INTO ops.job (name, procedure, schedule, description) VALUES
    ('purge outbox', 'relay.purge', '10 minutes', 'Removes notifications that can no longer be resumed from.')
ON CONFLICT (name) DO NOTHING;
