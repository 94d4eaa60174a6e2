-- What a transition of an alarm is stands in a row: it stood in ten lists.
CREATE TABLE alarm.transition_kind (
    kind text PRIMARY KEY CHECK (kind ~ '^[a-z][a-z_]{0,31}$'),
    place smallint NOT NULL,
    meaning text NOT NULL,
    told boolean NOT NULL DEFAULT false,
    opens boolean NOT NULL DEFAULT false,
    closes boolean NOT NULL DEFAULT false,
    stands boolean NOT NULL DEFAULT false,
    grades boolean NOT NULL DEFAULT false,
    holds boolean NOT NULL DEFAULT false,
    frees boolean NOT NULL DEFAULT false,
    hindsight boolean NOT NULL DEFAULT false,
    judged boolean NOT NULL DEFAULT false,
    by_people boolean NOT NULL DEFAULT false,
    CONSTRAINT transition_kind_stands_check CHECK (stands >= (opens OR frees OR grades) AND NOT (stands AND closes)),
    CONSTRAINT transition_kind_holds_check CHECK (num_nonnulls(nullif(opens, false), nullif(closes, false), nullif(holds, false),
        nullif(frees, false)) <= 1)
);
COMMENT ON TABLE alarm.transition_kind IS
    'What can happen to an alarm, and what that does to whoever was told of it. Everything that asks "which kinds …" reads it here. relay.phrase event.<kind> is what people call it. Only the owner of the schema writes it: a kind comes with the function that writes it.';
COMMENT ON COLUMN alarm.transition_kind.kind IS 'alarm.transition.kind; what rules (notify) and routes (events) ask for.';
COMMENT ON COLUMN alarm.transition_kind.place IS 'Order in which kinds are listed.';
COMMENT ON COLUMN alarm.transition_kind.told IS 'Becomes an outbox row where the rule''s list (notify) is NULL and no route names it (alarm.told_kinds).';
COMMENT ON COLUMN alarm.transition_kind.opens IS 'The alarm begins to stand.';
COMMENT ON COLUMN alarm.transition_kind.closes IS 'The alarm is over: who heard that it stands hears this.';
COMMENT ON COLUMN alarm.transition_kind.stands IS 'Told of an alarm, it says that this stands: whoever hears it believes so from then on.';
COMMENT ON COLUMN alarm.transition_kind.grades IS 'It says how bad an alarm is that stands: what is told of it later tells of the last one of these.';
COMMENT ON COLUMN alarm.transition_kind.holds IS 'An operator keeps the alarm back.';
COMMENT ON COLUMN alarm.transition_kind.frees IS 'What kept the alarm back ended: if it stands, it is told again.';
COMMENT ON COLUMN alarm.transition_kind.hindsight IS 'Samples that came later say that it was otherwise (alarm.revise). It happens when they come, not when a sample was measured.';
COMMENT ON COLUMN alarm.transition_kind.judged IS 'Samples alone decide it (alarm.stories): what a backtest finds and a rule test can expect.';
COMMENT ON COLUMN alarm.transition_kind.by_people IS 'A person can do it: what a report of a shift tells of its people.';
REVOKE ALL ON alarm.transition_kind FROM PUBLIC;

-- sql/data fills it in; a trigger holds new transitions against it
ALTER TABLE alarm.transition DROP CONSTRAINT transition_kind_check;
COMMENT ON COLUMN alarm.transition.kind IS 'What happened: a row of alarm.transition_kind.';
COMMENT ON COLUMN alarm.rule.notify IS
    'Transitions that become an outbox row (alarm.transition_kind). NULL: the usual ones and whatever an enabled route names (alarm.told_kinds); a list: these and no others, {} none.';
COMMENT ON COLUMN alarm.state.active IS 'Limits that are active, packed as alarm.bit_of says.';
COMMENT ON COLUMN alarm.state.zone IS 'What the last value says of each limit, packed as alarm.bit_of says. By default calm: alarm.calm_zone().';

-- The roles stood in eleven lists.
CREATE TABLE auth.role (
    name text PRIMARY KEY CHECK (name ~ '^[a-z_]{1,32}$'),
    rank smallint NOT NULL UNIQUE,
    meaning text NOT NULL
);
COMMENT ON TABLE auth.role IS
    'The roles of callers, each of which may do what those of lower rank may. Each is a PostgreSQL role of that name, and a permission is a GRANT (sql/roles.sql). Only the owner of the schema writes it.';
COMMENT ON COLUMN auth.role.rank IS 'Order. The lowest is that of requests without a token: no account and no key has it (auth.given_roles).';
REVOKE ALL ON auth.role FROM PUBLIC;
-- those of accounts, keys and routes that exist refer to them now
INSERT INTO auth.role (name, rank, meaning) VALUES
    ('anonymous', 1, 'A request without a token: may log in and register.'),
    ('viewer', 2, 'Reads.'),
    ('operator', 3, 'Reads; acknowledges, shelves and comments alarms.'),
    ('engineer', 4, 'Operator who also changes rules, equipment and models, and starts trainings.'),
    ('admin', 5, 'Engineer who also manages users and settings.')
ON CONFLICT (name) DO UPDATE SET rank = excluded.rank, meaning = excluded.meaning;
ALTER TABLE auth.account DROP CONSTRAINT account_role_check, ADD CONSTRAINT account_role_check CHECK (role <> 'anonymous'),
    ADD CONSTRAINT account_role_fkey FOREIGN KEY (role) REFERENCES auth.role;
ALTER TABLE auth.api_key DROP CONSTRAINT api_key_role_check, ADD CONSTRAINT api_key_role_check CHECK (role <> 'anonymous'),
    ADD CONSTRAINT api_key_role_fkey FOREIGN KEY (role) REFERENCES auth.role;
ALTER TABLE api.route DROP CONSTRAINT route_minimum_role_check,
    ADD CONSTRAINT route_minimum_role_fkey FOREIGN KEY (minimum_role) REFERENCES auth.role;

-- What told one condition from another in the middle of a function stands in its row.
ALTER TABLE alarm.condition ADD COLUMN each_minute boolean NOT NULL DEFAULT false,
    ADD COLUMN may_be_unjudged boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN alarm.condition.each_minute IS
    'Its series has one number at each full minute, made of the minutes before: the rollup of a minute says the same.';
COMMENT ON COLUMN alarm.condition.may_be_unjudged IS
    'A sensor may lack what it takes (a baseline, a class, another sensor): alarm.compile then makes no signal.';

-- A wrong clock is a system condition like any other (its limit and patience were settings, sql/data takes them over).
COMMENT ON COLUMN telemetry.clock.wrong_since IS 'Since when the offset is beyond the limit of the system condition clock; NULL: it is not.';
