CREATE OR REPLACE FUNCTION report.print(
    report text, format text DEFAULT NULL, machine text DEFAULT NULL, "from" text DEFAULT NULL, "to" text DEFAULT NULL,
    period text DEFAULT NULL, zone text DEFAULT NULL, language text DEFAULT NULL,
        section text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- more than that is not read in one go
    c_longest CONSTANT interval := '3660 days';
    v_format text := coalesce(nullif(print.format, ''), 'text');
    v_machine text := nullif(print.machine, '');
    v_zone text := report.zone(print.zone);
    v_language text := coalesce(nullif(print.language, ''), 'en');
    v_period interval;
    v_from timestamptz;
    v_to timestamptz := report.moment(nullif(print."to", ''), v_zone);
BEGIN
    IF NOT EXISTS (SELECT FROM report.definition AS d WHERE d.name = print.report) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', COLUMN = 'report',
            MESSAGE = format('there is no report "%s"', left(print.report, 64)),
            HINT = 'One of: ' || coalesce((SELECT string_agg(d.name, ', ' ORDER BY d.place)
                FROM report.definition AS d), '-');
    ELSIF v_format NOT IN ('text', 'csv', 'html') THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'format',
            MESSAGE = format('there is no format "%s"', left(v_format, 64)),
            HINT = 'One of: text, csv, html.';
    ELSIF v_machine IS NOT NULL AND NOT EXISTS (SELECT FROM plant.equipment AS e WHERE e.id = v_machine) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', COLUMN = 'machine',
            MESSAGE = format('there is no equipment "%s"', left(v_machine, 64));
    ELSIF NOT EXISTS (SELECT FROM relay.language AS l WHERE l.code = v_language) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'language',
            MESSAGE = format('there is no language "%s"', left(v_language, 64)),
            HINT = 'One of: ' || (SELECT string_agg(l.code, ', ' ORDER BY l.rank, l.code) FROM relay.language AS l);
    ELSIF print.section <> '' AND NOT EXISTS (
        SELECT FROM report.section AS s WHERE s.report = print.report
            AND split_part(s.function, '.', 2) = print.section) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', COLUMN = 'section',
            MESSAGE = format('the report %s has no section "%s"', print.report, left(print.section, 64)),
            HINT = 'One of: ' || (SELECT string_agg(split_part(s.function, '.', 2), ', ' ORDER BY s.place)
                                  FROM report.section AS s WHERE s.report = print.report);
    END IF;
    IF nullif(print.period, '') IS NOT NULL THEN
        IF NOT pg_input_is_valid(print.period, 'interval') OR print.period ~* 'infinity' THEN
            RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'period',
                MESSAGE = format('"%s" is no span of time', left(print.period, 64)),
                HINT = 'Such as 7 days or 12 hours.';
        END IF;
        v_period := print.period::interval;
    END IF;
    v_from := report.moment(nullif(print."from", ''), v_zone);
    IF v_period IS NOT NULL AND v_period NOT BETWEEN INTERVAL '1 second' AND c_longest THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'period', MESSAGE = 'period must be 1 second to 3660 days';
    END IF;
    -- what is not said follows from what is: to and period, from and period, or the report's own time
    IF v_from IS NULL AND v_period IS NOT NULL THEN
        v_to := coalesce(v_to, (SELECT p."to" FROM report.period(print.report, now(), v_zone) AS p
                                JOIN report.definition AS d ON d.name = print.report AND d.span <> 'future'));
        IF v_to IS NULL THEN
            v_from := now();
            v_to := (now() AT TIME ZONE v_zone + v_period) AT TIME ZONE v_zone;
        ELSE
            v_from := (v_to AT TIME ZONE v_zone - v_period) AT TIME ZONE v_zone;
        END IF;
    ELSIF v_from IS NOT NULL AND v_period IS NOT NULL AND v_to IS NULL THEN
        v_to := (v_from AT TIME ZONE v_zone + v_period) AT TIME ZONE v_zone;
    ELSIF v_from IS NULL AND v_to IS NULL THEN
        SELECT p."from", p."to" INTO v_from, v_to FROM report.period(print.report, now(), v_zone) AS p;
    ELSIF v_from IS NULL THEN
        SELECT CASE WHEN d.span = 'future' THEN now()
                    ELSE (v_to AT TIME ZONE v_zone - coalesce(d.length, INTERVAL '8 hours')) AT TIME ZONE v_zone END
        INTO v_from FROM report.definition AS d WHERE d.name = print.report;
    ELSIF v_to IS NULL THEN
        SELECT CASE d.span WHEN 'shift' THEN (v_from AT TIME ZONE v_zone + INTERVAL '8 hours') AT TIME ZONE v_zone
                           WHEN 'future' THEN (v_from AT TIME ZONE v_zone + d.length) AT TIME ZONE v_zone
                           ELSE now() END
        INTO v_to FROM report.definition AS d WHERE d.name = print.report;
    END IF;
    PERFORM ops.check_span(v_from, v_to, c_longest);
    RETURN report.render(print.report, v_format, v_from, v_to, v_machine, v_zone, v_language, NULL, NULL,
        nullif(print.section, ''));
END
$$;
COMMENT ON FUNCTION report.print(text, text, text, text, text, text, text, text, text) IS
    'A report as people ask for it (reports/*.sql, make report): every argument is a text as it was written, empty or NULL for its default. format: text, csv or html; machine: an equipment''s id; from, to: report.moment; period: a span of time before to, or after from; zone: the plant''s; language: en; section: one alone. MW404, MW422: what there is not, or cannot be.';
REVOKE ALL ON FUNCTION report.print(text, text, text, text, text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.print(text, text, text, text, text, text, text, text, text) TO viewer;
