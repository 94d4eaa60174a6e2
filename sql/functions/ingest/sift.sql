CREATE OR REPLACE FUNCTION ingest.sift(topic text[], payload text[], received_at timestamptz[])
    RETURNS TABLE (ordinal integer, sqlstate text, message text)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 10
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- the caller stores what was found and asks again for the rest
    c_longest CONSTANT interval := '3 seconds';
    v_began timestamptz := clock_timestamp();
BEGIN
    -- one after the other: each must fail by itself
    FOR v_ordinal IN 1..cardinality(sift.topic) LOOP
        EXIT WHEN clock_timestamp() - v_began > c_longest;
        BEGIN
            PERFORM ingest.try_decode(sift.topic[v_ordinal], sift.payload[v_ordinal], sift.received_at[v_ordinal]);
        EXCEPTION WHEN OTHERS THEN
            sift.ordinal := v_ordinal;
            sift.sqlstate := SQLSTATE;
            sift.message := SQLERRM;
            RETURN NEXT;
        END;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ingest.sift(text[], text[], timestamptz[]) IS
    'Which messages of a batch their decoders raise on, each tried alone, as far as three seconds take it; stores '
    'nothing. thin asks after a batch has failed, so that a flood of such messages costs one call and not some for '
    'each.';
REVOKE ALL ON FUNCTION ingest.sift(text[], text[], timestamptz[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.sift(text[], text[], timestamptz[]) TO thin;
