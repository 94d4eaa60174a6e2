CREATE OR REPLACE FUNCTION api.get_alert_kpis("from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET intervalstyle = 'iso_8601'
AS $$
DECLARE
    c_longest CONSTANT interval := INTERVAL '366 days';
    v_to timestamptz := coalesce("to", now());
    v_from timestamptz := coalesce("from", coalesce("to", now()) - INTERVAL '24 hours');
BEGIN
    PERFORM ops.check_span(v_from, v_to, c_longest);
    RETURN alarm.kpi_report(v_from, v_to);
END
$$;
COMMENT ON FUNCTION api.get_alert_kpis(timestamptz, timestamptz) IS
    'Key figures of the alarms after ISA-18.2 and EEMUA 191: what stands now; per day, shift and equipment of the alarms raised from … to (the last 24 hours by default); bad actors and floods of the last 31 days, chattering of the last seven.';
REVOKE ALL ON FUNCTION api.get_alert_kpis(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_alert_kpis(timestamptz, timestamptz) TO viewer;
