-- E-mail and Slack's bot besides webhooks.
ALTER TABLE relay.channel DROP CONSTRAINT channel_kind_check;
ALTER TABLE relay.channel ADD CONSTRAINT channel_kind_check CHECK (kind IN ('slack_webhook', 'slack_bot', 'email', 'webhook'));
ALTER TABLE relay.channel DROP CONSTRAINT channel_target_check;
ALTER TABLE relay.channel ADD CONSTRAINT channel_target_check
    CHECK (target ~ '^env:[A-Z][A-Z0-9_]*$'
        OR CASE kind
            WHEN 'email' THEN target ~ '^mailto:[^[:space:],<>@:"]{1,64}@[A-Za-z0-9.-]{1,253}(,[^[:space:],<>@:"]{1,64}@[A-Za-z0-9.-]{1,253}){0,49}$'
            WHEN 'slack_bot' THEN target ~ '^slack:[A-Z0-9]{1,32}$'
            ELSE target ~ '^https?://[^[:space:]]+$' END);
COMMENT ON COLUMN relay.channel.target IS
    'http(s) URL (webhooks), mailto:a@b,c@d (email, at most 50), slack:ID of a channel or user (slack_bot); or env:NAME, which thin takes from its own environment, so that a secret need not stand here.';
COMMENT ON COLUMN relay.channel.available IS
    'Whether a running thin has the variables that the channel needs: the one that target names, SMTP_URL for email, SLACK_BOT_TOKEN for slack_bot (relay.channel_variables, relay.declare_environment).';
COMMENT ON COLUMN relay.delivery.last_status IS 'HTTP status (email: SMTP reply code) of the last attempt; NULL where none was received.';
