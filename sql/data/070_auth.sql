INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('auth.bcrypt_cost', '12', 'Work factor of password hashes: one more doubles the time of a login. Existing hashes follow at the next login.', 'log2 rounds'),
    ('auth.access_token_seconds', '1800', 'Life of an access token.', 'seconds'),
    ('auth.session_lifetime', '"7 days"', 'How long after a login its refresh tokens work; then the person logs in again.', 'interval'),
    ('auth.self_registration', 'true', 'Whether anybody may register as viewer.', NULL),
    ('auth.login_free_attempts', '5', 'So many wrong passwords for one account cost no waiting.', 'attempts'),
    ('auth.login_backoff_max_seconds', '900', 'Longest wait after a wrong password; it starts at one second and doubles.', 'seconds'),
    ('auth.audit_retention_days', '730', 'How long the audit trail is kept.', 'days')
ON CONFLICT (name) DO NOTHING;
INSERT INTO ops.job (name, procedure, schedule, description) VALUES
    ('purge sessions and keys', 'auth.purge_expired', '10 minutes', 'Deletes tickets, sessions, login throttles, kept answers and audit entries that are past their time.')
ON CONFLICT (name) DO NOTHING;
