-- The longest pattern wins. docs/errors.md is generated from these rows (tools/sql_api_doc).
MERGE INTO api.sqlstate_http AS old
USING (VALUES
    ('MW400', 400, 'MW400', 'Malformed request', 'The request cannot be read: broken JSON, a bad header, an unknown query member.', true),
    ('MW401', 401, 'MW401', 'Not authenticated', 'No valid token or key, a wrong password, or a session that has ended.', true),
    ('MW403', 403, 'MW403', 'Not allowed', 'The caller''s role may not do this.', true),
    ('MW404', 404, 'MW404', 'Not found', 'There is nothing with this id.', true),
    ('MW405', 405, 'MW405', 'Method not allowed', 'The path exists, for other methods (Allow).', true),
    ('MW408', 408, 'MW408', 'Request took too long', 'The request did not arrive in time.', true),
    ('MW409', 409, 'MW409', 'Conflict', 'It exists already, or its state does not allow this.', true),
    ('MW413', 413, 'MW413', 'Body too large', 'The body exceeds the endpoint''s limit.', true),
    ('MW415', 415, 'MW415', 'Unsupported media type', 'The body is neither JSON nor, where a form is accepted, a form.', true),
    ('MW417', 417, 'MW417', 'Expectation failed', 'Expect may only be 100-continue.', true),
    ('MW422', 422, 'MW422', 'Invalid member', 'A member is missing, unknown, of the wrong type or outside its range; errors names it.', true),
    ('MW426', 426, 'MW426', 'WebSocket only', 'This path is a WebSocket.', true),
    ('MW429', 429, 'MW429', 'Too many requests', 'A rate limit or the back-off after failed logins; Retry-After says how many seconds to wait.', true),
    ('MW431', 431, 'MW431', 'Header too large', 'The target, or the header or trailer fields, are too large or too many.', true),
    ('MW501', 501, 'MW501', 'Not implemented', 'This process does not have the handler of this path.', true),
    ('MW470', 403, 'MW470', 'Not from this page', 'A request with a session cookie that changes something needs the session''s CSRF token in X-CSRF-Token, and must not come from another origin; errors names which.', true),
    ('MW500', 500, 'MW500', 'Internal error', 'Something went wrong here; the log has it under the request''s id.', false),
    ('MW503', 503, 'MW503', 'Not available', 'A part that this needs is away; Retry-After says when to try again.', true),
    ('MW%', 422, 'MW422', 'Refused', 'A refusal with a code of its own; its message says why.', true),
    ('MW520', 500, 'MW520', 'Stored data cannot be computed', 'The request is right: a stored value, rule or setting leads to a number that cannot be computed with. The log has it under the request''s id.', false),
    ('22003', 422, 'MW422', 'Invalid value', 'A number is outside its type''s range.', false),
    ('22012', 422, 'MW422', 'Invalid value', 'A division by zero.', false),
    ('2201E', 422, 'MW422', 'Invalid value', 'A logarithm of zero or of a negative number.', false),
    ('2201F', 422, 'MW422', 'Invalid value', 'A power or root that is no real number.', false),
    ('22%', 422, 'MW422', 'Invalid value', 'A value cannot be read as its type, or is outside the type''s range.', false),
    ('23502', 422, 'MW422', 'Missing value', 'A required value is missing.', false),
    ('23503', 409, 'MW409', 'Conflict', 'It refers to something that does not exist, or something else refers to it.', false),
    ('23505', 409, 'MW409', 'Conflict', 'It exists already.', false),
    ('23514', 422, 'MW422', 'Invalid value', 'A value breaks a rule of its table.', false),
    ('23P01', 409, 'MW409', 'Conflict', 'It overlaps with something that exists.', false),
    ('42501', 403, 'MW403', 'Not allowed', 'The caller''s role may not do this.', false),
    ('57014', 504, 'MW504', 'Took too long', 'The request was ended after its time limit. Ask for less at once.', false),
    ('57P01', 503, 'MW503', 'Not available', 'The database is being restarted; try again.', false),
    ('57P02', 503, 'MW503', 'Not available', 'The database is being restarted; try again.', false),
    ('57P03', 503, 'MW503', 'Not available', 'The database is being started; try again.', false),
    ('08%', 503, 'MW503', 'Not available', 'The database does not answer; try again.', false),
    ('53%', 503, 'MW503', 'Not available', 'The database has no room for this now (connections, memory, disk).', false),
    ('40001', 503, 'MW503', 'Not available', 'The request met another one; send it again.', false),
    ('40P01', 503, 'MW503', 'Not available', 'The request met another one; send it again.', false),
    ('55P03', 503, 'MW503', 'Not available', 'What this needs is locked; send it again.', false),
    ('25006', 503, 'MW503', 'Not available', 'The database takes no writes now (a standby); try again.', false),
    ('%', 500, 'MW500', 'Internal error', 'Something went wrong here; the log has it under the request''s id.', false)
) AS new (pattern, status, code, title, meaning, is_message_public)
ON old.pattern = new.pattern
WHEN MATCHED THEN UPDATE SET status = new.status, code = new.code, title = new.title, meaning = new.meaning,
    is_message_public = new.is_message_public
WHEN NOT MATCHED THEN INSERT (pattern, status, code, title, meaning, is_message_public)
VALUES (new.pattern, new.status, new.code, new.title, new.meaning, new.is_message_public)
WHEN NOT MATCHED BY SOURCE THEN DELETE;

-- Errors of computing: in a request that reads, whose values were read as their types before, the stored data is at fault.
UPDATE api.sqlstate_http SET stored_code = 'MW520' WHERE pattern IN ('22003', '22012', '2201E', '2201F') AND stored_code IS NULL;
