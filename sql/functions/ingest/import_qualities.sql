CREATE OR REPLACE FUNCTION ingest.import_qualities(quality text[]) RETURNS integer[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_agg(ingest.parse_quality(nullif(u.quality, ''))::integer ORDER BY u.ordinal)
    FROM unnest(import_qualities.quality) WITH ORDINALITY AS u (quality, ordinal)
$$;
COMMENT ON FUNCTION ingest.import_qualities(text[]) IS
    'What the spellings of qualities in a file mean, in their order: as in messages (ingest.parse_quality), nothing is '
    'good.';
REVOKE ALL ON FUNCTION ingest.import_qualities(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.import_qualities(text[]) TO engineer;
