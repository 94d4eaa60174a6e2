CREATE OR REPLACE FUNCTION plant.import_lives(csv text, source text DEFAULT NULL, dry_run boolean DEFAULT false)
    RETURNS TABLE (line integer, outcome text, reason text)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_source CONSTANT integer := 200; -- characters
    v_rows plant.life_row[];
BEGIN
    IF length(import_lives.source) > c_source THEN
        RAISE EXCEPTION
            USING ERRCODE = 'MW422', COLUMN = 'source',
                MESSAGE = format('source must have at most %s characters', c_source);
    END IF;
    v_rows := ARRAY(SELECT j FROM plant.judge_lives(import_lives.csv) AS j);
    IF dry_run IS NOT TRUE THEN
        INSERT INTO plant.component (equipment_id, name, type)
        SELECT DISTINCT ON (r.equipment_id, r.component) r.equipment_id, r.component,
               coalesce(r.component_type, 'unknown')
        FROM unnest(v_rows) AS r
        WHERE r.outcome = 'stored' AND r.component_id IS NULL
        ORDER BY r.equipment_id, r.component, r.component_type IS NULL, r.line
        ON CONFLICT ON CONSTRAINT component_equipment_id_name_key DO NOTHING;
        -- first, so that an open life makes room for the next
        UPDATE plant.component_life AS l SET removed_at = r.removed_at, end_reason = r.end_reason
        FROM unnest(v_rows) AS r
        WHERE r.outcome = 'ended' AND l.component_id = r.component_id AND l.installed_at = r.installed_at
          AND l.removed_at IS NULL;
        INSERT INTO plant.component_life (
            component_id, installed_at, removed_at, end_reason, age_hours, part, serial_number, note, source)
        SELECT c.id, r.installed_at, r.removed_at, r.end_reason, r.age_hours, r.part, r.serial_number, r.note,
               import_lives.source
        FROM unnest(v_rows) AS r
        JOIN plant.component AS c ON c.equipment_id = r.equipment_id AND c.name = r.component
        WHERE r.outcome = 'stored';
        INSERT INTO plant.failure (equipment_id, component_id, failed_at, down_from, down_to, cause, source)
        SELECT r.equipment_id, c.id, r.removed_at, r.down_from, r.down_to, r.cause, import_lives.source
        FROM unnest(v_rows) AS r
        JOIN plant.component AS c ON c.equipment_id = r.equipment_id AND c.name = r.component
        WHERE r.outcome IN ('stored', 'ended') AND r.end_reason = 'failed'
        ON CONFLICT ON CONSTRAINT failure_equipment_id_component_id_failed_at_key DO NOTHING;
        PERFORM auth.audit('component_life.import', 'component_life', coalesce(import_lives.source, 'csv'), NULL, (
            SELECT jsonb_object_agg(o.outcome, o.rows)
            FROM (SELECT r.outcome, count(*) AS rows FROM unnest(v_rows) AS r GROUP BY r.outcome) AS o));
    END IF;
    RETURN QUERY SELECT r.line, r.outcome, r.reason FROM unnest(v_rows) AS r ORDER BY r.line;
END
$$;
COMMENT ON FUNCTION plant.import_lives(text, text, boolean) IS
    'Takes lives of components from CSV: each row is stored (with its component, and its failure if it ended by one), '
    'ends the open life that it names, is unchanged, or refused with a reason; good rows are stored beside bad ones, '
    'so a corrected file can be sent whole again. Columns equipment_id, component, installed_at; and of component_type '
    '(new components only), removed_at, end_reason, age_hours, part, serial_number, note, cause, down_from, down_to. '
    'Times in ISO 8601, without an offset in the plant''s zone. Units: age_hours in hours. At most 8,000,000 '
    'characters and setting plant.import_rows. dry_run stores nothing. MW422 where the text as a whole cannot be read; '
    '23P01 where somebody stored an overlapping life meanwhile: once more.';
REVOKE ALL ON FUNCTION plant.import_lives(text, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plant.import_lives(text, text, boolean) TO engineer;
