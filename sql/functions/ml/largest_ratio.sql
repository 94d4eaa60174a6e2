CREATE OR REPLACE FUNCTION ml.largest_ratio(ratio jsonb) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT max(ml.finite(r.value)) FROM jsonb_each($1) AS r
$$;
COMMENT ON FUNCTION ml.largest_ratio(jsonb) IS
    'The largest of a prediction''s score / threshold by modality (ml.serve_ml_predictions.ratio); NULL: '
    'there is none.';
REVOKE ALL ON FUNCTION ml.largest_ratio(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.largest_ratio(jsonb) TO viewer;
