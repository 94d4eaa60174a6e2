CREATE OR REPLACE FUNCTION ml.is_unscaled(warnings text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN EXISTS (SELECT FROM unnest(warnings) AS w WHERE w LIKE 'unscaled%');
COMMENT ON FUNCTION ml.is_unscaled(text[]) IS
    'Whether a prediction''s warnings say that a scaler is missing from its bundle: then its thresholds mean little.';
REVOKE ALL ON FUNCTION ml.is_unscaled(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.is_unscaled(text[]) TO viewer;
