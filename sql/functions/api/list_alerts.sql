CREATE OR REPLACE FUNCTION api.list_alerts(
    status text DEFAULT NULL, device_id text DEFAULT NULL, severity text DEFAULT NULL, start timestamptz DEFAULT NULL,
    "end" timestamptz DEFAULT NULL, "limit" integer DEFAULT 50, page integer DEFAULT 1, cursor text DEFAULT NULL,
    language text DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_sql CONSTANT text := $sql$
        SELECT (SELECT jsonb_agg(api.alert_json(p.page[m.ordinal], m.message, $9) ORDER BY m.ordinal) FROM (
                SELECT ARRAY(SELECT a FROM alarm.alarm AS a WHERE %1$s
                             AND ($6 IS NULL OR (a.raised_at, a.id) < ($6, $7))
                    ORDER BY a.raised_at DESC, a.id DESC LIMIT $5 OFFSET $8) AS page OFFSET 0) AS p
                CROSS JOIN LATERAL alarm.messages(p.page) AS m),
            (SELECT count(*) FROM alarm.alarm AS a WHERE %1$s)$sql$;
    v_limit integer := api.page_limit("limit");
    v_before text[] := api.decode_cursor(cursor, '{timestamptz,bigint}');
    v_language CONSTANT text := api.check_language(language);
    v_where text;
    v_items jsonb;
    v_total bigint;
BEGIN
    IF page IS NULL OR page NOT BETWEEN 1 AND 100000 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'page', MESSAGE = 'page must be 1 or more';
    END IF;
    -- fixed texts only; written out so that the planner sees which index fits
    v_where := concat_ws(' AND ', 'true',
        CASE status
            WHEN 'active' THEN 'a.cleared_at IS NULL'
            WHEN 'unacknowledged' THEN 'a.cleared_at IS NULL AND NOT a.acknowledged'
            WHEN 'acknowledged' THEN 'a.cleared_at IS NULL AND a.acknowledged'
            WHEN 'shelved' THEN 'a.cleared_at IS NULL AND a.shelved IS NOT NULL'
            WHEN 'suppressed' THEN 'a.cleared_at IS NULL AND a.suppressed_by <> ''{}'''
            -- returned to normal before anybody had seen it
            WHEN 'returned' THEN 'a.cleared_at IS NOT NULL AND NOT a.acknowledged AND a.retracted_at IS NULL'
            WHEN 'cleared' THEN 'a.cleared_at IS NOT NULL AND a.retracted_at IS NULL'
            WHEN 'resolved' THEN 'a.cleared_at IS NOT NULL AND a.retracted_at IS NULL'
            WHEN 'retracted' THEN 'a.retracted_at IS NOT NULL' END,
        CASE WHEN device_id IS NOT NULL THEN 'a.equipment_id = $1' END,
        CASE WHEN severity IS NOT NULL THEN 'a.severity = $2' END,
        CASE WHEN start IS NOT NULL THEN 'a.raised_at >= $3' END,
        CASE WHEN "end" IS NOT NULL THEN 'a.raised_at < $4' END);
    IF status NOT IN ('active', 'unacknowledged', 'acknowledged', 'shelved', 'suppressed', 'returned', 'cleared',
                      'resolved', 'retracted', 'all') THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'status',
            MESSAGE = 'status must be active, unacknowledged, acknowledged, shelved, suppressed, returned, cleared '
                      '(or resolved), retracted or all';
    END IF;
    EXECUTE format(c_sql, v_where) INTO v_items, v_total
        USING device_id, severity, start, "end", v_limit, v_before[1]::timestamptz, v_before[2]::bigint,
            CASE WHEN cursor IS NULL THEN (page - 1)::bigint * v_limit ELSE 0 END, v_language;
    RETURN jsonb_build_object('notifications', coalesce(v_items, '[]'), 'total', v_total, 'page', page, 'size', v_limit,
        'next_cursor', CASE WHEN jsonb_array_length(v_items) = v_limit THEN
            api.encode_cursor(v_items -> -1 ->> 'raised_at', v_items -> -1 ->> 'id') END);
END
$$;
COMMENT ON FUNCTION api.list_alerts(text, text, text, timestamptz, timestamptz, integer, integer, text, text) IS
    'Alarms, newest first. status: active (everything not cleared), unacknowledged, acknowledged, shelved, suppressed, '
    'returned (to normal before somebody acknowledged), cleared (or resolved), retracted (taken back by samples that '
    'came late: they never were), all. total counts all that the filters select. message is in language (default: that '
    'of relay.language), messages in all of them.';
REVOKE ALL ON FUNCTION api.list_alerts(text, text, text, timestamptz, timestamptz, integer, integer, text, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_alerts(text, text, text, timestamptz, timestamptz, integer, integer, text, text)
    TO viewer;
