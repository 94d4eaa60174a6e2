-- Roles mean what they say: locks that can be withheld, rules that are judged by their tree.
CREATE TABLE ops.mutex (
    name text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE ops.mutex IS
    'What sessions exclude each other by: whoever holds the lock of a row holds what it names, until its transaction ends, however it ends. Rows and not advisory locks, because those cannot be withheld from a role: nobody but the owner may lock here (ops.lock, ops.try_lock).';
COMMENT ON COLUMN ops.mutex.name IS 'What is excluded, area.what; of many alike area.what:which. Made when it is first asked for; unused ones are removed after a day.';

ALTER TABLE alarm.expression_run ADD COLUMN approved_under text;
COMMENT ON COLUMN alarm.expression_run.approved_under IS 'Fingerprint of the rule''s SQL and of what it may use (alarm.allowance_state) when it was judged last; another one: it is judged again before it runs.';

-- role alarm_expression parses rules here, as views that never outlive the statement that made them
CREATE SCHEMA alarm_scratch AUTHORIZATION alarm_expression;
COMMENT ON SCHEMA alarm_scratch IS 'Where alarm.parse_expression has the server parse a rule''s SQL. Always empty.';

CREATE TABLE alarm.allowed_routine (
    kind text NOT NULL CHECK (kind IN ('function', 'operator')),
    name text NOT NULL CHECK (name ~ '^[a-z_][a-z0-9_]*[.].+$' AND length(name) <= 128),
    arguments text NOT NULL DEFAULT '*' CHECK (length(arguments) BETWEEN 0 AND 500),
    at_most integer CHECK (at_most > 0),
    enabled boolean NOT NULL DEFAULT true,
    description text CHECK (length(description) <= 1000),
    PRIMARY KEY (kind, name, arguments)
);
COMMENT ON TABLE alarm.allowed_routine IS
    'The functions (aggregates, window functions and casts are functions, too) and operators that parameters.sql of a rule may use. What builds big values, waits, writes or reaches outside does not belong here. Extended by an administrator; a seeded row that is not wanted is disabled, not deleted.';
COMMENT ON COLUMN alarm.allowed_routine.name IS 'schema.name';
COMMENT ON COLUMN alarm.allowed_routine.arguments IS
    'Argument types as pg_catalog.oidvectortypes prints them (''double precision, double precision''). *: every one of the name whose argument and result types are all in alarm.allowed_type, no set returned. A signature of its own goes before *.';
COMMENT ON COLUMN alarm.allowed_routine.at_most IS 'How often one expression may use it. NULL: any number.';

CREATE TABLE alarm.allowed_type (
    type text PRIMARY KEY CHECK (length(type) <= 128),
    from_text boolean NOT NULL,
    enabled boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE alarm.allowed_type IS 'The types of which parameters.sql of a rule may hold values (and constants that are arrays of them). Extended by an administrator.';
COMMENT ON COLUMN alarm.allowed_type.from_text IS 'Whether it may be made of a text at run time: (sensors ->> ''x'')::float8. A text may say much more than it is long, so not numeric (1e131071).';
