CREATE OR REPLACE FUNCTION ml.training_upload_rows(upload_id bigint)
    RETURNS TABLE ("row" bigint, t float8, "values" float8[])
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 10000
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.row, s.t, s.values
    FROM ml.training_sample AS s
    JOIN ml.training_upload AS u ON u.id = s.upload_id
    WHERE s.upload_id = training_upload_rows.upload_id AND u.is_complete
    ORDER BY s.row
$$;
COMMENT ON FUNCTION ml.training_upload_rows(bigint) IS
    'The samples of a file, in its order; values as ml.training_upload.columns, NULL: missing. Nothing of a file that '
    'is not complete.';
REVOKE ALL ON FUNCTION ml.training_upload_rows(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.training_upload_rows(bigint) TO viewer, trainer;
