-- Text is made when it is read: what happened is a row, in which words it is told is another's.

-- A view of the plant's own that reads the columns with ready text would silently show no more than what there is now.
DO $$
DECLARE
    v_views text;
BEGIN
    SELECT string_agg(DISTINCT r.ev_class::regclass::text, ', ') INTO v_views
    FROM pg_depend AS d
    JOIN pg_rewrite AS r ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    JOIN pg_attribute AS a ON d.refclassid = 'pg_class'::regclass AND a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE (d.refobjid, a.attname) IN (('alarm.alarm'::regclass, 'message'), ('relay.outbox'::regclass, 'data'))
      AND r.ev_class::regclass::text NOT IN ('report.active_alarm', 'report.alarm_history');
    IF v_views IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = '2BP01',
            MESSAGE = format('%s: reads alarm.alarm.message or relay.outbox.data, which are no columns of a table any more', v_views),
            HINT = 'Drop it, upgrade, and make it anew with alarm.message(a) instead of a.message. relay.outbox is a view then, with the same columns.';
    END IF;
END
$$;

ALTER TABLE relay.language DROP CONSTRAINT language_code_check;
ALTER TABLE relay.language
    ADD CONSTRAINT language_code_check CHECK (code ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$'),
    ADD COLUMN rank smallint NOT NULL DEFAULT 100,
    ADD COLUMN is_default boolean NOT NULL DEFAULT false;
UPDATE relay.language SET rank = CASE code WHEN 'en' THEN 1 ELSE 2 END, is_default = code = 'ko' WHERE code IN ('en', 'ko');
CREATE UNIQUE INDEX language_default_key ON relay.language (is_default) WHERE is_default;
COMMENT ON TABLE relay.language IS
    'Languages that notifications are written in. Another one is a row here, its phrases (relay.phrase) and its message templates (alarm.message_template).';
COMMENT ON COLUMN relay.language.code IS 'As in BCP 47: ko, en, pt-BR.';
COMMENT ON COLUMN relay.language.rank IS 'What a language has no words for is said in the one with the least rank that has.';
COMMENT ON COLUMN relay.language.is_default IS 'Language of a channel that names none: one at most. None: the one with the least rank.';

ALTER TABLE relay.phrase DROP CONSTRAINT phrase_key_check;
ALTER TABLE relay.phrase ADD CONSTRAINT phrase_key_check CHECK (length(key) BETWEEN 1 AND 200);
COMMENT ON TABLE relay.phrase IS
    'Words in messages and around them: names of fields, events and kinds. {x} stands for what is said. <field>.<value> is what a field''s value is called: severity.high, level.low_low, fault.bearing.';

-- labels of severities were columns, one per language
INSERT INTO relay.phrase (key, language, text)
SELECT 'severity.' || s.name, l.language, left(l.label, 200)
FROM alarm.severity AS s
CROSS JOIN LATERAL (VALUES ('ko', s.label_ko), ('en', s.label_en)) AS l (language, label)
WHERE l.label <> ''
ON CONFLICT (key, language) DO NOTHING;
ALTER TABLE alarm.severity DROP COLUMN label_ko, DROP COLUMN label_en;
COMMENT ON TABLE alarm.severity IS
    'The severities, least first by rank. Seeded; a plant may change colours, and what they are called (relay.phrase, severity.<name>).';

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

-- a plant may have written templates in a language that nothing else has
INSERT INTO relay.language (code, name)
SELECT DISTINCT m.language, m.language FROM alarm.message_template AS m
ON CONFLICT (code) DO NOTHING;
ALTER TABLE alarm.message_template DROP CONSTRAINT message_template_language_check;
ALTER TABLE alarm.message_template
    ADD CONSTRAINT message_template_language_fkey FOREIGN KEY (language) REFERENCES relay.language
        ON UPDATE CASCADE ON DELETE CASCADE;
COMMENT ON COLUMN alarm.message_template.condition IS
    'alarm.rule.condition, or what of the system failed (what its alarm''s code begins with); that and '':fault'' where a classifier names a fault, that and '':cleared'' when it clears; system, cleared and * for all that have no text of their own (alarm.template_keys).';
COMMENT ON COLUMN alarm.rule.message IS 'Own text per language (relay.language), {"ko": "…", "en": "…"}; NULL takes alarm.message_template.';

-- alarms that have their text keep it
ALTER TABLE alarm.alarm RENAME COLUMN message TO kept_message;
ALTER TABLE alarm.alarm ALTER COLUMN kept_message DROP NOT NULL, ALTER COLUMN kept_message DROP DEFAULT;
UPDATE alarm.alarm SET kept_message = NULL WHERE kept_message = '{}';
COMMENT ON COLUMN alarm.alarm.kept_message IS 'Text by language, of an alarm from before texts were made when they are read. alarm.message(alarm) reads either.';
ALTER TABLE alarm.transition ADD COLUMN data jsonb;
COMMENT ON COLUMN alarm.transition.data IS 'alarm.alarm.data at that moment; NULL: empty then, or as it is now.';

-- The outbox refers to what happened; notifications that have their text keep it. Under the old name there is a view
-- with the text (sql/views/relay).
ALTER TABLE relay.outbox RENAME TO notification;
ALTER TABLE relay.notification RENAME CONSTRAINT outbox_pkey TO notification_pkey;
ALTER TABLE relay.notification RENAME CONSTRAINT outbox_kind_check TO notification_kind_check;
ALTER TABLE relay.notification RENAME CONSTRAINT outbox_event_check TO notification_event_check;
ALTER TABLE relay.notification RENAME CONSTRAINT outbox_severity_check TO notification_severity_check;
ALTER TABLE relay.notification RENAME CONSTRAINT outbox_data_check TO notification_data_check;
-- rows come in order of time: an index of ranges does, and costs ingest nothing
DROP INDEX relay.outbox_created_at_idx;
CREATE INDEX notification_created_at_idx ON relay.notification USING brin (created_at);
ALTER INDEX relay.outbox_equipment_id_seq_idx RENAME TO notification_equipment_id_seq_idx;
ALTER TABLE relay.notification
    ALTER COLUMN data DROP NOT NULL,
    ADD COLUMN transition_id bigint,
    ADD COLUMN moment jsonb,
    ADD CONSTRAINT notification_content_check CHECK (num_nonnulls(data, transition_id) = 1);
COMMENT ON TABLE relay.notification IS
    'What happened and may interest somebody outside, in delivery order, written in the transaction in which it happened (relay.publish). What it says is made when it is read: relay.outbox shows it.';
COMMENT ON COLUMN relay.notification.data IS 'What it says, where whoever published it said so; NULL: it tells of transition_id.';
COMMENT ON COLUMN relay.notification.transition_id IS 'alarm.transition.id: what it tells of, as event.';
COMMENT ON COLUMN relay.notification.moment IS 'What was so at that moment and may not be so when it is read (alarm.moment). NULL: nothing out of the ordinary.';
ALTER TABLE relay.channel ALTER COLUMN language DROP NOT NULL, ALTER COLUMN language DROP DEFAULT;
COMMENT ON COLUMN relay.channel.language IS 'Where none is given, the default of relay.language.';
