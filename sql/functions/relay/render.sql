CREATE OR REPLACE FUNCTION relay.render(
    channel_kind text, language text, kind text, event text, severity text, equipment_id text, seq bigint,
    created_at timestamptz, data jsonb
) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE channel_kind
        WHEN 'webhook' THEN jsonb_build_object(
            'type', 'notification', 'seq', seq, 'timestamp', m.at, 'data', data)::text
        WHEN 'email' THEN jsonb_build_object(
            -- one line, and short enough for every list of messages
            'subject', left(regexp_replace(format('[%s] %s', coalesce(upper(severity), kind), m.text), '[[:cntrl:]]+', ' ', 'g'), 180),
            'text', concat_ws(E'\n', m.text, '',
                CASE language WHEN 'ko' THEN '장비: ' ELSE 'Equipment: ' END || equipment_id,
                CASE language WHEN 'ko' THEN '센서: ' ELSE 'Sensor: ' END || (data ->> 'sensor'),
                CASE language WHEN 'ko' THEN '심각도: ' ELSE 'Severity: ' END || severity,
                CASE language WHEN 'ko' THEN '상태: ' ELSE 'Event: ' END || coalesce(event, kind),
                CASE language WHEN 'ko' THEN '값: ' ELSE 'Value: ' END || concat_ws(' ', data ->> 'value', data ->> 'unit'),
                CASE language WHEN 'ko' THEN '한계: ' ELSE 'Limit: ' END || (data ->> 'limit'),
                CASE language WHEN 'ko' THEN '시각: ' ELSE 'Time: ' END || coalesce(data ->> 'occurred_at', m.at),
                '', 'Millwright #' || seq))::text
        ELSE jsonb_build_object(
            'text', m.text,
            'attachments', jsonb_build_array(jsonb_build_object(
                'color', CASE severity
                    WHEN 'critical' THEN '#ff0000' WHEN 'high' THEN '#ff6600' WHEN 'medium' THEN '#ffcc00' ELSE '#00cc00' END,
                'fallback', m.text,
                'fields', jsonb_build_array(
                    jsonb_build_object('title', CASE language WHEN 'ko' THEN '장비' ELSE 'Equipment' END,
                        'value', coalesce(equipment_id, '-'), 'short', true),
                    jsonb_build_object('title', CASE language WHEN 'ko' THEN '심각도' ELSE 'Severity' END,
                        'value', coalesce(severity, '-'), 'short', true),
                    jsonb_build_object('title', CASE language WHEN 'ko' THEN '상태' ELSE 'Event' END,
                        'value', coalesce(event, kind), 'short', true)),
                'footer', 'Millwright #' || seq,
                'ts', floor(extract(epoch FROM created_at)))))::text
    END
    FROM (SELECT
        -- the message in the channel's language, else in any, else what is known without a template
        coalesce(data -> 'message' ->> language,
                 CASE jsonb_typeof(data -> 'message') WHEN 'string' THEN data ->> 'message' ELSE data -> 'message' ->> 'en' END,
                 concat_ws(' ', kind, event, equipment_id)) AS text,
        to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at) AS m
$$;
COMMENT ON FUNCTION relay.render(text, text, text, text, text, text, bigint, timestamptz, jsonb) IS
    'The body that a channel is sent: Slack''s form (text, attachments with colour), {subject, text} for e-mail, the WebSocket message for webhooks. data.message may be a string or {ko, en}.';
REVOKE ALL ON FUNCTION relay.render(text, text, text, text, text, text, bigint, timestamptz, jsonb) FROM PUBLIC;
