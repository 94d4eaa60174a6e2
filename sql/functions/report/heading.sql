CREATE OR REPLACE FUNCTION report.heading(
    report text, "from" timestamptz, "to" timestamptz, machine text, zone text, language text, OUT title text,
        OUT scope text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(relay.phrase('report.' || report, language), report),
        to_char("from" AT TIME ZONE zone, 'YYYY-MM-DD HH24:MI') || ' – '
            || to_char("to" AT TIME ZONE zone, 'YYYY-MM-DD HH24:MI')
            || ' ' || zone || ' · '
            || coalesce((SELECT concat_ws(', ', e.id, nullif(e.name, e.id)) FROM plant.equipment AS e
                WHERE e.id = machine),
                        machine, relay.phrase('report.all_machines', language))
$$;
COMMENT ON FUNCTION report.heading(text, timestamptz, timestamptz, text, text, text) IS
    'How a report is called, and what it is about: from when to when in which zone, of which machine.';
REVOKE ALL ON FUNCTION report.heading(text, timestamptz, timestamptz, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.heading(text, timestamptz, timestamptz, text, text, text) TO viewer;
