-- What is said, in which words. A language is a row, with its phrases and its templates of messages (alarm.message_template).

CREATE TABLE relay.language (
    code text PRIMARY KEY CONSTRAINT language_code_check CHECK (code ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    rank smallint NOT NULL DEFAULT 100,
    is_default boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX language_default_key ON relay.language (is_default) WHERE is_default;
COMMENT ON TABLE relay.language IS
    'Languages that notifications are written in. Another one is a row here, its phrases (relay.phrase) and its message templates (alarm.message_template).';
COMMENT ON COLUMN relay.language.code IS 'As in BCP 47: ko, en, pt-BR.';
COMMENT ON COLUMN relay.language.rank IS 'What a language has no words for is said in the one with the least rank that has.';
COMMENT ON COLUMN relay.language.is_default IS 'Language of a channel that names none: one at most. None: the one with the least rank.';

CREATE TABLE relay.phrase (
    key text NOT NULL CONSTRAINT phrase_key_check CHECK (length(key) BETWEEN 1 AND 200),
    language text NOT NULL REFERENCES relay.language ON UPDATE CASCADE ON DELETE CASCADE,
    text text NOT NULL CHECK (length(text) BETWEEN 1 AND 200),
    PRIMARY KEY (key, language)
);
COMMENT ON TABLE relay.phrase IS
    'Words in messages and around them: names of fields, events and kinds. {x} stands for what is said. <field>.<value> is what a field''s value is called: severity.high, level.low_low, fault.bearing.';

CREATE TABLE relay.former_text (
    source text NOT NULL CHECK (source IN ('phrase', 'template')),
    key text NOT NULL,
    language text NOT NULL,
    until timestamptz NOT NULL,
    text text,
    PRIMARY KEY (source, key, language, until)
);
COMMENT ON TABLE relay.former_text IS
    'What phrases and message templates said before they were changed: what was told is read in the words of its time. Written by triggers only.';
COMMENT ON COLUMN relay.former_text.until IS 'When it was changed.';
COMMENT ON COLUMN relay.former_text.text IS 'NULL: there was none.';

CREATE TABLE plant.former_sensor (
    sensor_id integer NOT NULL,
    until timestamptz NOT NULL,
    name text NOT NULL,
    type text NOT NULL,
    unit text,
    PRIMARY KEY (sensor_id, until)
);
COMMENT ON TABLE plant.former_sensor IS
    'What sensors were called, and which unit they had, before that was changed: what was told of them is read as it was. Written by triggers only.';
COMMENT ON COLUMN plant.former_sensor.until IS 'When it was changed, or the sensor was removed.';
