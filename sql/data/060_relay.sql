-- The channels that existing installations configure by variables alone; off until a thin has them.
INSERT INTO relay.channel (name, kind, target, available)
VALUES ('slack', 'slack_webhook', 'env:SLACK_WEBHOOK_URL', false), ('slack-bot', 'slack_bot', 'env:SLACK_ADMIN_USER_ID', false)
ON CONFLICT (name) DO NOTHING;
INSERT INTO relay.route (name, channel_id, kinds, events)
SELECT c.name || '-default', c.id, ARRAY['alarm', 'prediction', 'rul', 'system', 'test'], ARRAY['raised', 'realarmed', 'escalated', 'test']
FROM relay.channel AS c
WHERE c.name IN ('slack', 'slack-bot')
ON CONFLICT (name) DO NOTHING;
INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('relay.outbox_retention', '"7 days"', 'How long notifications can be resumed from.', 'interval')
ON CONFLICT (name) DO NOTHING;
INSERT INTO ops.job (name, procedure, schedule, description) VALUES
    ('purge outbox', 'relay.purge', '10 minutes', 'Removes notifications that can no longer be resumed from.')
ON CONFLICT (name) DO NOTHING;
