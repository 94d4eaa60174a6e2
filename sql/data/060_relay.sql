-- The channel that existing installations configure by SLACK_WEBHOOK_URL alone; off until a thin has that variable.
INSERT INTO relay.channel (name, kind, target, available)
VALUES ('slack', 'slack_webhook', 'env:SLACK_WEBHOOK_URL', false)
ON CONFLICT (name) DO NOTHING;
INSERT INTO relay.route (name, channel_id, kinds, events)
SELECT 'slack-default', c.id, ARRAY['alarm', 'prediction', 'rul', 'system', 'test'], ARRAY['raised', 'realarmed', 'escalated', 'test']
FROM relay.channel AS c
WHERE c.name = 'slack'
ON CONFLICT (name) DO NOTHING;
INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('relay.outbox_retention', '"7 days"', 'How long notifications can be resumed from.', 'interval')
ON CONFLICT (name) DO NOTHING;
INSERT INTO ops.job (name, procedure, schedule, description) VALUES
    ('purge outbox', 'relay.purge', '10 minutes', 'Removes notifications that can no longer be resumed from.')
ON CONFLICT (name) DO NOTHING;
