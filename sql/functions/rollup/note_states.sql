CREATE OR REPLACE FUNCTION rollup.note_states() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_equipment_ids text[];
BEGIN
    IF TG_OP <> 'DELETE' THEN
        v_equipment_ids := ARRAY(SELECT n.equipment_id FROM new_row AS n);
    END IF;
    IF TG_OP <> 'INSERT' THEN
        v_equipment_ids := v_equipment_ids || ARRAY(SELECT o.equipment_id FROM old_row AS o);
    END IF;
    -- all its time, a month a note: one of its sensors stands for the machine
    INSERT INTO rollup.change (sensor_id, period)
    SELECT s.sensor_id, tstzmultirange(tstzrange(g, least(g + INTERVAL '30 days', m.last)))
    FROM (SELECT DISTINCT u AS equipment_id FROM unnest(v_equipment_ids) AS u) AS e
    CROSS JOIN LATERAL (SELECT min(s.id) AS sensor_id FROM plant.sensor AS s WHERE s.equipment_id = e.equipment_id) AS s
    CROSS JOIN LATERAL (
        SELECT public.time_bucket(INTERVAL '1 hour', min(m.bucket)) AS first, public.time_bucket(INTERVAL '1 hour', max(m.bucket)) + INTERVAL '1 hour' AS last
        FROM rollup.machine_15m AS m WHERE m.equipment_id = e.equipment_id
    ) AS m
    CROSS JOIN LATERAL generate_series(m.first, m.last - INTERVAL '1 hour', '30 days') AS g
    WHERE s.sensor_id IS NOT NULL;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION rollup.note_states() IS
    'Trigger: what tells a machine''s state has changed, so rollup.refresh judges its past anew, as far as there are minutes.';
REVOKE ALL ON FUNCTION rollup.note_states() FROM PUBLIC;
CREATE OR REPLACE TRIGGER operating_state_noted_insert AFTER INSERT ON alarm.operating_state REFERENCING NEW TABLE AS new_row
    FOR EACH STATEMENT EXECUTE FUNCTION rollup.note_states();
CREATE OR REPLACE TRIGGER operating_state_noted_update AFTER UPDATE ON alarm.operating_state REFERENCING OLD TABLE AS old_row NEW TABLE AS new_row
    FOR EACH STATEMENT EXECUTE FUNCTION rollup.note_states();
CREATE OR REPLACE TRIGGER operating_state_noted_delete AFTER DELETE ON alarm.operating_state REFERENCING OLD TABLE AS old_row
    FOR EACH STATEMENT EXECUTE FUNCTION rollup.note_states();
