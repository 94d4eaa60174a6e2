CREATE OR REPLACE FUNCTION alarm.like_patterns(globs text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_agg(translate(replace(replace(replace(g, '\', '\\'), '%', '\%'), '_', '\_'), '*?', '%_'))
    FROM unnest(globs) AS g
$$;
COMMENT ON FUNCTION alarm.like_patterns(text[]) IS
    'Patterns with * and ? as LIKE patterns; % and _ in them stand for themselves. NULL stays NULL.';
REVOKE ALL ON FUNCTION alarm.like_patterns(text[]) FROM PUBLIC;
