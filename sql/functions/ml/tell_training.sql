CREATE OR REPLACE FUNCTION ml.tell_training() RETURNS trigger
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_notify('millwright_training', jsonb_build_object('id', NEW.id, 'state', NEW.state)::text);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION ml.tell_training() IS
    'Trigger of ml.training_job: tells {id, state} on channel millwright_training when a job''s state is a new one. '
    'Workers wake up for queued, thin for what a client waits for.';
REVOKE ALL ON FUNCTION ml.tell_training() FROM PUBLIC;
CREATE OR REPLACE TRIGGER training_job_insert_tell AFTER INSERT ON ml.training_job
    FOR EACH ROW EXECUTE FUNCTION ml.tell_training();
CREATE OR REPLACE TRIGGER training_job_update_tell AFTER UPDATE OF state ON ml.training_job
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION ml.tell_training();
