-- A browser's session lives in a cookie; a route may answer with one.
ALTER TABLE auth.session ADD COLUMN cookie_hash bytea
    CONSTRAINT session_cookie_hash_check CHECK (length(cookie_hash) = 32);
COMMENT ON COLUMN auth.session.refreshed_at IS
    'When it was last used: an access token renewed, or a request with its cookie (written at most once a minute).';
COMMENT ON COLUMN auth.session.cookie_hash IS 'SHA-256 of the cookie by which a browser uses it. NULL: tokens do.';
CREATE UNIQUE INDEX session_cookie_hash_key ON auth.session (cookie_hash);

ALTER TABLE api.route DROP CONSTRAINT route_response_check;
ALTER TABLE api.route ADD CONSTRAINT route_response_check CHECK (response IN ('json', 'token', 'cookie', 'empty'));
COMMENT ON COLUMN api.route.response IS
    'json: the result is the body. token: thin signs the result''s claims. cookie: the result is {cookie: {value, max_age} | null, body}; thin sets the session cookie or takes it away. empty: no body.';

CREATE TABLE auth.login_tally (
    outcome text PRIMARY KEY
        CONSTRAINT login_tally_outcome_check CHECK (outcome IN ('succeeded', 'failed')),
    attempts bigint NOT NULL DEFAULT 0 CHECK (attempts >= 0)
) WITH (fillfactor = 10);
COMMENT ON TABLE auth.login_tally IS
    'Log-ins since the beginning, by what they came to. The audit trail does not name each failure (auth.is_told); this counts them.';

-- counted at each scrape
CREATE INDEX delivery_dead_idx ON relay.delivery (channel_id) WHERE status = 'dead';

-- a machine without its champion, and a rule that cannot be evaluated, are Millwright's failures: not ok
UPDATE alarm.system_condition SET degrades_health = true WHERE name IN ('champion', 'expression');
