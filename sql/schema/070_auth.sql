-- Who may come in: accounts, sessions, keys, and the trail of what they changed. Secrets are stored as hashes only.

CREATE TABLE auth.role (
    name text PRIMARY KEY CHECK (name ~ '^[a-z_]{1,32}$'),
    rank smallint NOT NULL UNIQUE,
    meaning text NOT NULL
);
COMMENT ON TABLE auth.role IS
    'The roles of callers, each of which may do what those of lower rank may. Each is a PostgreSQL role of that name, and a permission is a GRANT (sql/roles.sql). Only the owner of the schema writes it.';
COMMENT ON COLUMN auth.role.rank IS 'Order. The lowest is that of requests without a token: no account and no key has it (auth.given_roles).';
REVOKE ALL ON auth.role FROM PUBLIC;

CREATE TABLE auth.account (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username text NOT NULL
        CONSTRAINT account_username_check CHECK (username ~ '^[[:alnum:]][[:alnum:]_.-]{2,63}$'),
    email text NOT NULL
        CONSTRAINT account_email_check CHECK (
            length(email) <= 254 AND email ~ '^[^[:space:]@<>"]+@[^[:space:]@<>"]+[.][^[:space:]@<>".]+$'),
    full_name text CHECK (length(full_name) <= 200),
    role text NOT NULL DEFAULT 'viewer' REFERENCES auth.role
        CONSTRAINT account_role_check CHECK (role <> 'anonymous'),
    password_hash text NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    password_changed_at timestamptz NOT NULL DEFAULT now(),
    last_login_at timestamptz
);
COMMENT ON TABLE auth.account IS
    'A person or a machine that may log in. Accounts are deactivated, never deleted: the audit trail names them.';
COMMENT ON COLUMN auth.account.username IS 'Unique without regard to case. It cannot contain @, so it never looks like an e-mail address.';
COMMENT ON COLUMN auth.account.role IS 'The PostgreSQL role that the requests of this account run as.';
COMMENT ON COLUMN auth.account.password_hash IS
    'bcrypt of base64(SHA-256(password)), see auth.hash_password. Readable by nobody but the owner.';
CREATE UNIQUE INDEX account_username_key ON auth.account (lower(username));
CREATE UNIQUE INDEX account_email_key ON auth.account (lower(email));
CREATE INDEX account_created_at_idx ON auth.account (created_at);

CREATE TABLE auth.session (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id bigint NOT NULL REFERENCES auth.account ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    refreshed_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_reason text
        CONSTRAINT session_revoked_reason_check
        CHECK (revoked_reason IN ('logout', 'password_changed', 'role_changed', 'deactivated', 'refresh_token_reused', 'administrator', 'superseded')),
    address inet,
    network cidr GENERATED ALWAYS AS (network(set_masklen(address, CASE family(address) WHEN 6 THEN 64 ELSE 32 END))) STORED,
    cookie_hash bytea
        CONSTRAINT session_cookie_hash_check CHECK (length(cookie_hash) = 32),
    CONSTRAINT session_revoked_check CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
);
COMMENT ON TABLE auth.session IS
    'One login. Access tokens carry its id; a revoked session refuses them at once (auth.begin_request). Purged some days after it ended.';
COMMENT ON COLUMN auth.session.expires_at IS 'No refresh after this moment: the person logs in again.';
COMMENT ON COLUMN auth.session.address IS 'Where the login came from.';
COMMENT ON COLUMN auth.session.network IS
    'The same as logins are counted (auth.caller_network): an account is known at a network where it has logged in.';
COMMENT ON COLUMN auth.session.refreshed_at IS
    'When it was last used: an access token renewed, or a request with its cookie (written at most once a minute).';
COMMENT ON COLUMN auth.session.cookie_hash IS 'SHA-256 of the cookie by which a browser uses it. NULL: tokens do.';
CREATE UNIQUE INDEX session_cookie_hash_key ON auth.session (cookie_hash);
CREATE INDEX session_account_id_idx ON auth.session (account_id) WHERE revoked_at IS NULL;
CREATE INDEX session_account_id_network_idx ON auth.session (account_id, network);
CREATE INDEX session_expires_at_idx ON auth.session (expires_at);

CREATE TABLE auth.refresh_token (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    session_id uuid NOT NULL REFERENCES auth.session ON DELETE CASCADE,
    issued_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz
);
COMMENT ON TABLE auth.refresh_token IS
    'SHA-256 of every refresh token of a session. Each works once; a second use means that it was stolen, and ends the session.';
CREATE INDEX refresh_token_session_id_idx ON auth.refresh_token (session_id);

CREATE TABLE auth.api_key (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id bigint NOT NULL REFERENCES auth.account ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    key_hash bytea NOT NULL UNIQUE CHECK (length(key_hash) = 32),
    prefix text NOT NULL CHECK (length(prefix) = 12),
    role text NOT NULL REFERENCES auth.role
        CONSTRAINT api_key_role_check CHECK (role <> 'anonymous'),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    parent_id uuid REFERENCES auth.api_key ON DELETE CASCADE,
    revoked_reason text
        CONSTRAINT api_key_revoked_reason_check
        CHECK (revoked_reason IN ('revoked', 'parent_revoked', 'password_changed', 'role_changed', 'deactivated'))
);
COMMENT ON TABLE auth.api_key IS 'A key for a machine: it acts for its account, with a role that is at most the account''s.';
COMMENT ON COLUMN auth.api_key.key_hash IS 'SHA-256 of the key. The key has 256 random bits, so a slow hash would add nothing.';
COMMENT ON COLUMN auth.api_key.prefix IS 'The first 12 characters, to tell keys apart in a list.';
COMMENT ON COLUMN auth.api_key.expires_at IS 'NULL: until it is revoked.';
COMMENT ON COLUMN auth.api_key.last_used_at IS 'Written at most once a minute.';
COMMENT ON COLUMN auth.api_key.parent_id IS 'The key that made it: it expires no later and ends with it. NULL: made in a session.';
CREATE INDEX api_key_parent_id_idx ON auth.api_key (parent_id);
CREATE INDEX api_key_account_id_idx ON auth.api_key (account_id);

CREATE TABLE auth.ws_ticket (
    ticket_hash bytea PRIMARY KEY CHECK (length(ticket_hash) = 32),
    account_id bigint NOT NULL REFERENCES auth.account ON DELETE CASCADE,
    session_id uuid REFERENCES auth.session ON DELETE CASCADE,
    api_key_id uuid REFERENCES auth.api_key ON DELETE CASCADE,
    role text NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE auth.ws_ticket IS
    'One-use tickets for WebSocket clients that cannot send a header (browsers). A ticket is deleted when it is redeemed.';
CREATE INDEX ws_ticket_expires_at_idx ON auth.ws_ticket (expires_at);

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

CREATE TABLE auth.login_throttle (
    subject bytea PRIMARY KEY CHECK (length(subject) = 32),
    failed_attempts integer NOT NULL CHECK (failed_attempts > 0),
    last_failed_at timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL,
    account_id bigint REFERENCES auth.account ON DELETE CASCADE
);
COMMENT ON TABLE auth.login_throttle IS
    'Failed logins per account and address, and of all unknown addresses together; per device; per session for changes of password. Names that no account has count alike, so that the answer does not tell which exist. An hour of peace deletes a row; at most 100,000 stay.';
COMMENT ON COLUMN auth.login_throttle.subject IS
    'auth.throttle_subject of what the attempts have in common. A hash: people type passwords into the wrong field.';
COMMENT ON COLUMN auth.login_throttle.account_id IS 'NULL: a name that no account has.';
CREATE INDEX login_throttle_account_id_idx ON auth.login_throttle (account_id);
CREATE INDEX login_throttle_last_failed_at_idx ON auth.login_throttle (last_failed_at);

CREATE TABLE auth.login_tally (
    outcome text PRIMARY KEY
        CONSTRAINT login_tally_outcome_check CHECK (outcome IN ('succeeded', 'failed')),
    attempts bigint NOT NULL DEFAULT 0 CHECK (attempts >= 0)
) WITH (fillfactor = 10);
COMMENT ON TABLE auth.login_tally IS
    'Log-ins since the beginning, by what they came to. The audit trail does not name each failure (auth.is_told); this counts them.';

CREATE TABLE auth.audit_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    account_id bigint,
    role text NOT NULL,
    address inet,
    request_id text,
    action text NOT NULL CHECK (length(action) <= 64),
    object_type text NOT NULL CHECK (length(object_type) <= 64),
    object_id text,
    before jsonb,
    after jsonb
);
-- no foreign key to auth.account: the trail outlives what it describes
COMMENT ON TABLE auth.audit_entry IS
    'Who changed what, when, from where. Written by auth.audit in the same transaction as the change; append-only for everybody.';
COMMENT ON COLUMN auth.audit_entry.actor IS 'User name of the account, or the database login when it came from psql.';
COMMENT ON COLUMN auth.audit_entry.action IS 'area.verb: user.create, equipment.update, session.login_failed …';
COMMENT ON COLUMN auth.audit_entry.before IS 'The object before the change, without secrets. NULL for a creation.';
COMMENT ON COLUMN auth.audit_entry.after IS 'The object after the change, without secrets. NULL for a deletion.';
CREATE INDEX audit_entry_occurred_at_idx ON auth.audit_entry (occurred_at, id);
CREATE INDEX audit_entry_object_idx ON auth.audit_entry (object_type, object_id, id);
CREATE INDEX audit_entry_account_id_idx ON auth.audit_entry (account_id, id);
