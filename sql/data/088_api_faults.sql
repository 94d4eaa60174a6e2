-- Whose fault an SQLSTATE is. The longest pattern wins. These rows are the only such list: thin decides by them.
MERGE INTO api.sqlstate_fault AS old
USING (VALUES
    ('%', 'unclear', 'Anything else: limits, rights, missing objects, internal errors. A trial alone tells.'),
    ('MW%', 'data', 'Refused by a rule of ours.'),
    ('MW429', 'service', 'A rate limit.'),
    ('MW503', 'service', 'A part that this needs is away.'),
    ('MW5%', 'unclear', 'Something went wrong inside.'),
    ('P0%', 'data', 'Raised by a function, for what it was given.'),
    ('21%', 'data', 'Cardinality: one row was expected.'),
    ('22%', 'data', 'A value cannot be read as its type, or is outside the type''s range.'),
    ('23%', 'data', 'A value breaks a rule of its table.'),
    ('08%', 'service', 'The connection could not be made or is lost.'),
    ('25006', 'service', 'The database takes no writes now (a standby).'),
    ('25P03', 'service', 'A session was idle in a transaction for too long.'),
    ('25P04', 'time', 'The transaction took too long.'),
    ('26%', 'service', 'The database no longer knows a prepared statement.'),
    ('28%', 'service', 'The database does not let this process in.'),
    ('3D%', 'service', 'The database is not there.'),
    ('40%', 'service', 'The transaction met another one: serialization failure, deadlock.'),
    ('53%', 'service', 'No room: connections, memory, disk.'),
    ('55006', 'service', 'The object is in use.'),
    ('55P03', 'service', 'A lock was not to be had in time.'),
    ('57%', 'service', 'The database is being stopped or started, or somebody there ended the session.'),
    ('57014', 'time', 'Cancelled, mostly for taking too long.'),
    ('58%', 'service', 'The database cannot read or write its files.'),
    ('72%', 'service', 'The snapshot is too old.'),
    ('F0%', 'service', 'The database''s configuration is broken.'),
    ('XX001', 'service', 'The database found damaged data.'),
    ('XX002', 'service', 'The database found a damaged index.')
) AS new (pattern, fault, meaning)
ON old.pattern = new.pattern
WHEN MATCHED THEN UPDATE SET fault = new.fault, meaning = new.meaning
WHEN NOT MATCHED THEN INSERT (pattern, fault, meaning) VALUES (new.pattern, new.fault, new.meaning)
WHEN NOT MATCHED BY SOURCE THEN DELETE;
