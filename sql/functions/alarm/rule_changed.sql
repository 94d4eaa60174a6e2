CREATE OR REPLACE FUNCTION alarm.rule_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_rules bigint[];
    v_reason text := nullif(current_setting('millwright.reason', true), '');
    -- a few rules are looked at name by name; of many only those that watch nothing
    c_few CONSTANT integer := 20;
    v_note record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO alarm.rule_version (rule_id, version, operation, changed_at, changed_by, reason, definition)
        SELECT n.id, n.version, 'insert', n.updated_at, n.updated_by, v_reason, to_jsonb(n) FROM new_rows AS n;
        SELECT array_agg(n.id) INTO v_rules FROM new_rows AS n;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO alarm.rule_version (rule_id, version, operation, changed_at, changed_by, reason, definition,
                                        changes)
        SELECT n.id, n.version, 'update', n.updated_at, n.updated_by, v_reason, to_jsonb(n), (
            SELECT coalesce(jsonb_object_agg(b.key, jsonb_build_array(a.value, b.value)), '{}')
            FROM jsonb_each(to_jsonb(n)) AS b
            JOIN jsonb_each(to_jsonb(o)) AS a ON a.key = b.key
            WHERE a.value IS DISTINCT FROM b.value AND b.key NOT IN ('version', 'updated_at', 'updated_by'))
        FROM new_rows AS n JOIN old_rows AS o ON o.id = n.id
        WHERE n.version <> o.version;
        -- a rule that left a family gives way to the others of it
        SELECT array_agg(DISTINCT x.id) INTO v_rules
        FROM (
            SELECT n.id FROM new_rows AS n JOIN old_rows AS o ON o.id = n.id WHERE n.version <> o.version
            UNION
            SELECT r.id FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id AND n.version <> o.version
            JOIN alarm.rule AS r ON r.family = o.family
        ) AS x;
    ELSE
        INSERT INTO alarm.rule_version (rule_id, version, operation, changed_by, reason, definition)
        SELECT o.id, o.version + 1, 'delete', alarm.actor(), v_reason, to_jsonb(o) FROM old_rows AS o;
        SELECT array_agg(DISTINCT x.id) INTO v_rules
        FROM (SELECT o.id FROM old_rows AS o
              UNION SELECT r.id FROM old_rows AS o JOIN alarm.rule AS r ON r.family = o.family) AS x;
    END IF;
    IF v_rules IS NOT NULL THEN
        PERFORM alarm.assign(v_rules, NULL);
    END IF;
    IF TG_OP <> 'DELETE' AND v_rules IS NOT NULL THEN
        FOR v_note IN
            SELECT n.name, s.note
            FROM (
                SELECT r AS rule, r.name, r.id FROM new_rows AS n JOIN alarm.rule AS r ON r.id = n.id
                WHERE r.enabled AND r.id = ANY (v_rules)
                  AND (cardinality(v_rules) <= c_few
                       OR NOT EXISTS (SELECT FROM alarm.signal AS g WHERE g.rule_id = r.id AND g.assigned))
                ORDER BY r.id
                LIMIT c_few
            ) AS n
            CROSS JOIN LATERAL unnest(alarm.selection_notes(n.rule)) AS s (note)
        LOOP
            RAISE NOTICE 'rule "%": %', v_note.name, v_note.note;
        END LOOP;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION alarm.rule_changed() IS
    'Trigger: keeps the version (millwright.reason says why) and assigns the changed rules to sensors. Says in a '
    'NOTICE what their selections do not find (alarm.selection_notes).';
REVOKE ALL ON FUNCTION alarm.rule_changed() FROM PUBLIC;
CREATE OR REPLACE TRIGGER rule_inserted AFTER INSERT ON alarm.rule REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.rule_changed();
CREATE OR REPLACE TRIGGER rule_updated AFTER UPDATE ON alarm.rule
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.rule_changed();
CREATE OR REPLACE TRIGGER rule_deleted AFTER DELETE ON alarm.rule REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.rule_changed();
