CREATE OR REPLACE FUNCTION report.moment(written text, zone text) RETURNS timestamptz
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_moment timestamptz;
BEGIN
    -- digits only: a zone's name would cost the server memory for as long as the session lives (ingest.parse_time)
    IF length(moment.written) <= 40
        AND moment.written ~ '^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?( ?(Z|[+-]\d\d(:?\d\d)?))?)?$'
        AND pg_input_is_valid(moment.written, 'timestamptz') THEN
        v_moment := CASE WHEN moment.written ~ '\d\d:\d\d.*(Z|[+-]\d\d(:?\d\d)?)$' THEN moment.written::timestamptz
                         ELSE moment.written::timestamp AT TIME ZONE moment.zone END;
    END IF;
    IF v_moment IS NULL OR v_moment NOT BETWEEN '0001-01-03 00:00+00' AND '9999-01-01 00:00+00' THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'from', MESSAGE = format('"%s" is no time',
            left(moment.written, 64)),
            HINT = 'Such as 2026-11-28, 2026-11-28 14:00 (in the report''s zone) or 2026-11-28T14:00+09:00.';
    END IF;
    RETURN v_moment;
END
$$;
COMMENT ON FUNCTION report.moment(text, text) IS
    'A moment as people write it: a date or a time, in the zone where it names no offset. MW422: it is none.';
REVOKE ALL ON FUNCTION report.moment(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.moment(text, text) TO viewer;
