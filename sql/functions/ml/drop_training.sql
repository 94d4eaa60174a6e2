CREATE OR REPLACE FUNCTION ml.drop_training(id bigint) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM ml.receiving_training(drop_training.id);
    DELETE FROM ml.training_job AS j WHERE j.id = drop_training.id;
END
$$;
COMMENT ON FUNCTION ml.drop_training(bigint) IS
    'Takes a training back whose files are still arriving, as if it had never been. MW404, MW409.';
REVOKE ALL ON FUNCTION ml.drop_training(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.drop_training(bigint) TO engineer, thin;
