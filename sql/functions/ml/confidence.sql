CREATE OR REPLACE FUNCTION ml.confidence(ratio float8) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN ratio > 0 THEN 1 / (1 + 4 / (least(ratio, 1e100) ^ 2)) ELSE 0 END;
COMMENT ON FUNCTION ml.confidence(float8) IS
    'Confidence of a verdict from its largest score / threshold: r² / (r² + 4), as thin has it of a bundle.';
REVOKE ALL ON FUNCTION ml.confidence(float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.confidence(float8) TO viewer;
