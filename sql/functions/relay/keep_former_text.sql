CREATE OR REPLACE FUNCTION relay.keep_former_text() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- what TG_ARGV names: the source, and the columns that hold key and text
    c_source CONSTANT text := TG_ARGV[0];
    c_key CONSTANT text := TG_ARGV[1];
    c_text CONSTANT text := TG_ARGV[2];
    -- one moment for all: each is another era to those who read
    v_now timestamptz := clock_timestamp();
    v_old jsonb;
    v_new jsonb;
BEGIN
    -- as long as nothing was told, there is nothing to remember it in
    IF NOT EXISTS (SELECT FROM alarm.alarm) AND NOT EXISTS (SELECT FROM relay.notification) THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        SELECT jsonb_agg(to_jsonb(o)) INTO v_old FROM old_rows AS o;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT jsonb_agg(to_jsonb(n)) INTO v_new FROM new_rows AS n;
    END IF;
    INSERT INTO relay.former_text (source, key, language, until, text)
    SELECT c_source, coalesce(o.key, n.key), coalesce(o.language, n.language), v_now, o.text
    FROM (SELECT r ->> c_key AS key, r ->> 'language' AS language, r ->> c_text AS text
          FROM jsonb_array_elements(v_old) AS r) AS o
    FULL JOIN (SELECT r ->> c_key AS key, r ->> 'language' AS language, r ->> c_text AS text
               FROM jsonb_array_elements(v_new) AS r) AS n
        ON n.key = o.key AND n.language = o.language
    WHERE o.text IS DISTINCT FROM n.text
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION relay.keep_former_text() IS
    'Trigger: keeps what a phrase or message template said before (relay.former_text), so that what was told already '
    'reads as it was.';
REVOKE ALL ON FUNCTION relay.keep_former_text() FROM PUBLIC;
CREATE OR REPLACE TRIGGER phrase_added AFTER INSERT ON relay.phrase REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION relay.keep_former_text('phrase', 'key', 'text');
CREATE OR REPLACE TRIGGER phrase_changed AFTER UPDATE ON relay.phrase
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION relay.keep_former_text('phrase', 'key', 'text');
CREATE OR REPLACE TRIGGER phrase_removed AFTER DELETE ON relay.phrase REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION relay.keep_former_text('phrase', 'key', 'text');
CREATE OR REPLACE TRIGGER message_template_added AFTER INSERT ON alarm.message_template
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION relay.keep_former_text('template', 'condition', 'body');
CREATE OR REPLACE TRIGGER message_template_changed AFTER UPDATE ON alarm.message_template
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION relay.keep_former_text('template', 'condition', 'body');
CREATE OR REPLACE TRIGGER message_template_removed AFTER DELETE ON alarm.message_template
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION relay.keep_former_text('template', 'condition', 'body');
