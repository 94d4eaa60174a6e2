CREATE OR REPLACE FUNCTION ops.check_setting() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_refusal text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        -- what a row does not say about itself follows from its first value
        NEW.data_type := coalesce(NEW.data_type, CASE
            WHEN NEW.unit IN ('interval', 'networks') THEN NEW.unit
            WHEN jsonb_typeof(NEW.value) = 'number' THEN CASE WHEN pg_input_is_valid(NEW.value #>> '{}', 'integer') THEN 'integer' ELSE 'float' END
            WHEN jsonb_typeof(NEW.value) = 'boolean' THEN 'boolean'
            WHEN jsonb_typeof(NEW.value) = 'array' THEN 'texts'
            ELSE 'text' END);
        NEW.nullable := NEW.nullable OR jsonb_typeof(NEW.value) = 'null';
    END IF;
    v_refusal := ops.setting_refusal(NEW);
    IF v_refusal IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = v_refusal, COLUMN = 'value';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION ops.check_setting() IS
    'Trigger: a setting is of its type and within its range, whoever writes it (MW422 names the range): a value that cannot work would stop whoever reads it.';
REVOKE ALL ON FUNCTION ops.check_setting() FROM PUBLIC;
CREATE OR REPLACE TRIGGER setting_check BEFORE INSERT OR UPDATE ON ops.setting
    FOR EACH ROW EXECUTE FUNCTION ops.check_setting();
