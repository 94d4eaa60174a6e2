INSERT INTO auth.role (name, rank, meaning) VALUES
    ('anonymous', 1, 'A request without a token: may log in and register.'),
    ('viewer', 2, 'Reads.'),
    ('operator', 3, 'Reads; acknowledges, shelves and comments alarms.'),
    ('engineer', 4, 'Operator who also changes rules, equipment and models, and starts trainings.'),
    ('admin', 5, 'Engineer who also manages users and settings.')
ON CONFLICT (name) DO UPDATE SET rank = excluded.rank, meaning = excluded.meaning;
INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('auth.bcrypt_cost', '12',
     'Work factor of password hashes: one more doubles the time of a login. Existing hashes follow at the next login.',
     'log2 rounds'),
    ('auth.access_token_seconds', '1800', 'Life of an access token.', 'seconds'),
    ('auth.session_lifetime', '"7 days"',
     'How long after a login its refresh tokens work; then the person logs in again.', 'interval'),
    ('auth.browser_session_idle', '"12 hours"',
     'A browser''s session that makes no request for so long has ended, whatever auth.session_lifetime says.',
     'interval'),
    ('auth.self_registration', 'true', 'Whether anybody may register as viewer.', NULL),
    ('auth.self_registrations_per_hour', '100',
     'So many users may register themselves an hour; an administrator adds as many as wanted.', 'users'),
    ('auth.sessions_per_account', '100',
     'So many sessions of one account stay open; one login more ends the one that was not used for longest.',
     'sessions'),
    ('auth.login_free_attempts', '5', 'So many wrong passwords for one account from one address cost no waiting.',
     'attempts'),
    ('auth.login_free_attempts_known', '50', 'The same from an address where the account has logged in before.',
     'attempts'),
    ('auth.login_free_attempts_everywhere', '100',
     'So many wrong passwords for one account from unknown addresses together cost no waiting; then unknown '
     'addresses wait, known ones and known devices do not.', 'attempts'),
    ('auth.login_backoff_max_seconds', '900',
     'Longest wait after a wrong password; it starts at one second and doubles.', 'seconds'),
    ('auth.audit_retention_days', '730', 'How long the audit trail is kept.', 'days'),
    ('auth.anonymous_role', 'null',
     'Role of requests without a token that read (GET) and come from auth.anonymous_networks; null: they need one. '
     'For plants whose pages send none. GET /health and the log say so while it is on.', NULL),
    ('auth.anonymous_networks', '""',
     'Where such requests may come from, such as 192.168.10.0/24. Behind a proxy that thin does not trust '
     '(THIN_TRUSTED_PROXIES) everybody comes from the proxy.', 'networks')
ON CONFLICT (name) DO NOTHING;
INSERT INTO ops.job (name, procedure, schedule, description) VALUES
    ('purge sessions and keys', 'auth.purge_expired', '10 minutes',
     'Deletes tickets, sessions, login throttles, kept answers and audit entries that are past their time.')
ON CONFLICT (name) DO NOTHING;
INSERT INTO auth.login_tally (outcome) VALUES ('succeeded'), ('failed') ON CONFLICT (outcome) DO NOTHING;
