CREATE OR REPLACE FUNCTION ops.set_setting_range(
    p_name text, p_minimum jsonb DEFAULT NULL, p_maximum jsonb DEFAULT NULL, p_choices text[] DEFAULT NULL,
    p_data_type text DEFAULT NULL, p_nullable boolean DEFAULT false
) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_old ops.setting;
    v_new ops.setting;
BEGIN
    SELECT * INTO v_old FROM ops.setting WHERE name = p_name FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    v_new := v_old;
    v_new.minimum := p_minimum;
    v_new.maximum := p_maximum;
    v_new.choices := p_choices;
    v_new.data_type := coalesce(p_data_type, v_old.data_type);
    v_new.nullable := p_nullable;
    IF v_new IS NOT DISTINCT FROM v_old THEN
        RETURN;
    END IF;
    -- a value from before there was a range must not stop an upgrade: it becomes the nearest that can work
    IF ops.setting_refusal(v_new) IS NOT NULL THEN
        v_new.value := CASE
            WHEN p_choices IS NOT NULL THEN to_jsonb(p_choices[1])
            WHEN v_new.data_type = 'interval' AND pg_input_is_valid(v_old.value #>> '{}', 'interval')
                AND (v_old.value #>> '{}')::interval > (p_maximum #>> '{}')::interval THEN p_maximum
            WHEN jsonb_typeof(v_old.value) = 'number' AND (v_old.value #>> '{}')::numeric > (p_maximum #>> '{}')::numeric THEN p_maximum
            WHEN jsonb_typeof(v_old.value) = 'number' AND (v_old.value #>> '{}')::numeric >= (p_minimum #>> '{}')::numeric
                THEN to_jsonb(round((v_old.value #>> '{}')::numeric))
            ELSE coalesce(p_minimum, v_old.value) END;
        RAISE WARNING '%', format('%s: %s is out of range and is now %s', p_name, v_old.value, v_new.value);
    END IF;
    UPDATE ops.setting SET value = v_new.value, minimum = v_new.minimum, maximum = v_new.maximum, choices = v_new.choices,
        data_type = v_new.data_type, nullable = v_new.nullable
    WHERE name = p_name;
END
$$;
COMMENT ON FUNCTION ops.set_setting_range(text, jsonb, jsonb, text[], text, boolean) IS
    'Says what a setting may be: minimum and maximum of its type, or the choices; whether null is one. A value outside becomes the nearest inside, with a warning. Called by sql/data.';
REVOKE ALL ON FUNCTION ops.set_setting_range(text, jsonb, jsonb, text[], text, boolean) FROM PUBLIC;
