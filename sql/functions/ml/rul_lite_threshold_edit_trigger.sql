CREATE OR REPLACE FUNCTION ml.rul_lite_threshold_edited() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NEW.source = 'file' THEN
        NEW.source := 'given';
        NEW.set_at := clock_timestamp();
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION ml.rul_lite_threshold_edited() IS
    'Trigger: a threshold that came from the file of RUL_CALIB_PATH is its editor''s once somebody changes '
    'it; the file '
    'does not take it back (ml.import_rul_calibration never updates a row).';
REVOKE ALL ON FUNCTION ml.rul_lite_threshold_edited() FROM PUBLIC;
CREATE OR REPLACE TRIGGER rul_lite_threshold_edited BEFORE UPDATE ON ml.rul_lite_threshold
    FOR EACH ROW EXECUTE FUNCTION ml.rul_lite_threshold_edited();
