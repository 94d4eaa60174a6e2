CREATE OR REPLACE FUNCTION report.width(plain text) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- twice as wide: Hangul, Chinese and Japanese, full-width forms, pictures; no width: accents of their own
    SELECT length(plain)
        + length(regexp_replace(plain, U&'[^\1100-\115F\2E80-\303E\3041-\A4CF\A960-\A97F\AC00-\D7A3\F900-\FAFF\FE30-\FE6F\FF00-\FF60\FFE0-\FFE6\+01F300-\+01FAFF\+020000-\+03FFFD]', '', 'g'))
        - length(regexp_replace(plain, U&'[^\0300-\036F\1160-\11FF\200B-\200D\20D0-\20FF\FE00-\FE0F\FE20-\FE2F]', '', 'g'))
$$;
COMMENT ON FUNCTION report.width(text) IS
    'How many columns of a terminal a text takes: letters of Korean, Chinese and Japanese take two.';
REVOKE ALL ON FUNCTION report.width(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.width(text) TO viewer;
