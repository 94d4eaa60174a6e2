CREATE OR REPLACE FUNCTION ops.check_span("from" timestamptz, "to" timestamptz, longest interval DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF num_nulls("from", "to") > 0 OR NOT isfinite("from") OR NOT isfinite("to") OR "to" <= "from" OR "to" - "from" > longest THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'to', MESSAGE = 'to must be later than from'
            || coalesce(format(', by at most %s days', extract(day FROM justify_hours(longest))), '');
    END IF;
END
$$;
COMMENT ON FUNCTION ops.check_span(timestamptz, timestamptz, interval) IS
    'Refuses a span of time that is empty, has no end or is longer than longest (MW422, column to).';
REVOKE ALL ON FUNCTION ops.check_span(timestamptz, timestamptz, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.check_span(timestamptz, timestamptz, interval) TO viewer;
