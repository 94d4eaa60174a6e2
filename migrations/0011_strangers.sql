-- Strangers: settings with ranges, API keys that end with what made them, logins counted by account and address, a lane for hashes.
ALTER TABLE ops.setting ADD COLUMN data_type text, ADD COLUMN minimum jsonb, ADD COLUMN maximum jsonb, ADD COLUMN choices text[],
    ADD COLUMN nullable boolean NOT NULL DEFAULT false;
-- as ops.check_setting derives it for new rows; sql/data says it where it follows from nothing
UPDATE ops.setting SET nullable = jsonb_typeof(value) = 'null', data_type = CASE
    WHEN unit = 'interval' THEN 'interval'
    WHEN jsonb_typeof(value) = 'number' THEN CASE WHEN (value #>> '{}') ~ '^-?[0-9]+$' THEN 'integer' ELSE 'float' END
    WHEN jsonb_typeof(value) = 'boolean' THEN 'boolean'
    WHEN jsonb_typeof(value) = 'array' THEN 'texts'
    ELSE 'text' END;
ALTER TABLE ops.setting ALTER COLUMN data_type SET NOT NULL,
    ADD CONSTRAINT setting_data_type_check
        CHECK (data_type IN ('integer', 'float', 'interval', 'boolean', 'text', 'texts', 'time zone', 'times', 'networks')),
    ADD CONSTRAINT setting_range_check CHECK ((minimum IS NULL) = (maximum IS NULL));
COMMENT ON COLUMN ops.setting.data_type IS 'What the value is; follows from the first value where a row does not say it.';
COMMENT ON COLUMN ops.setting.minimum IS 'Least value; of the value''s type. Every number and interval has a range (sql/data/095_ops_setting_range.sql), checked by trigger for whoever writes.';
COMMENT ON COLUMN ops.setting.maximum IS 'Greatest value.';
COMMENT ON COLUMN ops.setting.choices IS 'The values that a text may have; NULL: any.';
COMMENT ON COLUMN ops.setting.nullable IS 'Whether null is a value; the description says what it means.';

ALTER TABLE api.route ADD COLUMN lane text NOT NULL DEFAULT 'request'
    CONSTRAINT route_lane_check CHECK (lane IN ('request', 'password'));
COMMENT ON COLUMN api.route.lane IS
    'Which connections of thin it runs on. password: it hashes one, which takes a quarter of a second, so it queues for connections of its own and is answered 503 when the queue is full (docs/operations.md).';

ALTER TABLE auth.api_key ADD COLUMN parent_id uuid REFERENCES auth.api_key ON DELETE CASCADE, ADD COLUMN revoked_reason text
    CONSTRAINT api_key_revoked_reason_check
    CHECK (revoked_reason IN ('revoked', 'parent_revoked', 'password_changed', 'role_changed', 'deactivated'));
COMMENT ON COLUMN auth.api_key.parent_id IS 'The key that made it: it expires no later and ends with it. NULL: made in a session.';
CREATE INDEX api_key_parent_id_idx ON auth.api_key (parent_id);
UPDATE auth.api_key SET revoked_reason = 'revoked' WHERE revoked_at IS NOT NULL;

CREATE INDEX account_created_at_idx ON auth.account (created_at);

ALTER TABLE auth.session DROP CONSTRAINT session_revoked_reason_check,
    ADD CONSTRAINT session_revoked_reason_check
        CHECK (revoked_reason IN ('logout', 'password_changed', 'role_changed', 'deactivated', 'refresh_token_reused', 'administrator', 'superseded')),
    ADD COLUMN network cidr GENERATED ALWAYS AS (network(set_masklen(address, CASE family(address) WHEN 6 THEN 64 ELSE 32 END))) STORED;
COMMENT ON COLUMN auth.session.network IS
    'The same as logins are counted (auth.caller_network): an account is known at a network where it has logged in.';
CREATE INDEX session_account_id_network_idx ON auth.session (account_id, network);

CREATE TABLE auth.device (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    account_id bigint NOT NULL REFERENCES auth.account ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE auth.device IS
    'Devices that logged in to an account, by the hash of the token that they got. Such a device waits for its own failures only, never for a stranger''s. The token opens nothing. At most 50 of an account.';
CREATE INDEX device_account_id_idx ON auth.device (account_id, last_used_at);
CREATE INDEX device_last_used_at_idx ON auth.device (last_used_at);

-- counted per account until now; the waits of this moment end with the upgrade
DELETE FROM auth.login_throttle;
ALTER TABLE auth.login_throttle ADD COLUMN account_id bigint REFERENCES auth.account ON DELETE CASCADE;
COMMENT ON TABLE auth.login_throttle IS
    'Failed logins per account and address, and of all unknown addresses together; per device; per session for changes of password. Names that no account has count alike, so that the answer does not tell which exist. An hour of peace deletes a row; at most 100,000 stay.';
COMMENT ON COLUMN auth.login_throttle.subject IS
    'auth.throttle_subject of what the attempts have in common. A hash: people type passwords into the wrong field.';
COMMENT ON COLUMN auth.login_throttle.account_id IS 'NULL: a name that no account has.';
CREATE INDEX login_throttle_account_id_idx ON auth.login_throttle (account_id);
