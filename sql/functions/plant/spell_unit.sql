CREATE OR REPLACE FUNCTION plant.spell_unit() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_TABLE_NAME = 'unit_spelling' THEN
        NEW.key := plant.unit_key(NEW.spelling);
        IF NEW.key = '' THEN
            RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'spelling', MESSAGE = 'spelling must not be blank';
        END IF;
        RETURN NEW;
    END IF;
    INSERT INTO plant.unit_spelling (spelling, code)
    VALUES (NEW.code, NEW.code), (NEW.symbol, NEW.code)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION plant.spell_unit() IS
    'Trigger: a unit can be written as its code and as its symbol; what of a spelling is compared is its plant.unit_key.';
REVOKE ALL ON FUNCTION plant.spell_unit() FROM PUBLIC;
CREATE OR REPLACE TRIGGER unit_spelling_key BEFORE INSERT OR UPDATE ON plant.unit_spelling
    FOR EACH ROW EXECUTE FUNCTION plant.spell_unit();
CREATE OR REPLACE TRIGGER unit_spelled AFTER INSERT OR UPDATE ON plant.unit
    FOR EACH ROW EXECUTE FUNCTION plant.spell_unit();
