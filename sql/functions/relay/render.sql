CREATE OR REPLACE FUNCTION relay.render(
    channel_kind text, language text, kind text, event text, severity text, equipment_id text, seq bigint,
    created_at timestamptz, data jsonb
) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE channel_kind
        WHEN 'webhook' THEN jsonb_build_object(
            'type', 'notification', 'seq', seq, 'timestamp', m.at, 'data', data
                -- what was put together for this channel is in its language
                || CASE WHEN data ?| '{folded,items}'
                        THEN jsonb_build_object('message', jsonb_build_object(language, m.text)) ELSE '{}' END)::text
        -- a report is no alarm: it has a title and a text of its own, for e-mail also as HTML (report.content)
        WHEN 'email' THEN CASE WHEN data ? 'report' THEN jsonb_strip_nulls(jsonb_build_object(
            'subject', left(relay.one_line(format('[%s] %s', 'Millwright', data #>> '{report,subject}')), 180),
            'text', m.text, 'html', data #>> '{report,html}')) ELSE jsonb_build_object(
            -- one line, and short enough for every list of messages
            'subject', left(relay.one_line(format('[%s] %s', coalesce(upper(m.severity_label), m.event_label), m.text)),
                            180),
            'text', concat_ws(E'\n', m.text, '',
                relay.phrase('equipment', language) || ': ' || equipment_id,
                relay.phrase('sensor', language) || ': ' || (data ->> 'sensor'),
                relay.phrase('severity', language) || ': ' || m.severity_label,
                relay.phrase('event', language) || ': ' || m.event_label,
                relay.phrase('value', language) || ': ' || concat_ws(' ', data ->> 'value', data ->> 'unit'),
                relay.phrase('limit', language) || ': ' || (data ->> 'limit'),
                relay.phrase('time', language) || ': ' || coalesce(data ->> 'occurred_at', m.at),
                '', concat('Millwright', ' #' || seq))) END::text
        ELSE CASE WHEN data ? 'report'
                  THEN jsonb_build_object('text', relay.slack_text(m.text), 'mrkdwn', false, 'parse', 'none',
            'link_names', false, 'unfurl_links', false, 'unfurl_media', false) ELSE jsonb_build_object(
            -- every text that comes from data is escaped; nothing in it is a link, a mention or a format
            'text', relay.slack_text(m.text),
            'mrkdwn', false, 'parse', 'none', 'link_names', false, 'unfurl_links', false, 'unfurl_media', false,
            'attachments', jsonb_build_array(jsonb_build_object(
                'color', m.colour,
                'fallback', relay.slack_text(m.text),
                'mrkdwn_in', '[]'::jsonb,
                'fields', jsonb_build_array(
                    jsonb_build_object('title', relay.phrase('equipment', language),
                        'value', coalesce(relay.slack_text(equipment_id), '-'), 'short', true),
                    jsonb_build_object('title', relay.phrase('severity', language),
                        'value', coalesce(relay.slack_text(m.severity_label), '-'), 'short', true),
                    jsonb_build_object('title', relay.phrase('event', language),
                        'value', relay.slack_text(m.event_label), 'short', true)),
                'footer', concat('Millwright', ' #' || seq),
                'ts', floor(extract(epoch FROM created_at))))) END::text
    END
    FROM (SELECT
        relay.text(jsonb_build_object('kind', kind, 'event', event, 'device_id', equipment_id) || data,
                   language) AS text,
        coalesce(relay.phrase('event.' || event, language), event, relay.phrase('kind.' || kind, language),
                 kind) AS event_label,
        coalesce(relay.phrase('severity.' || severity, language), severity) AS severity_label,
        -- what has no severity is as harmless as the least one
        (SELECT s.colour FROM alarm.severity AS s ORDER BY s.name = severity DESC, s.rank LIMIT 1) AS colour,
        to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at) AS m
$$;
COMMENT ON FUNCTION relay.render(text, text, text, text, text, text, bigint, timestamptz, jsonb) IS
    'The body that a channel is sent: Slack''s form (text, attachments with colour; everything from data escaped), '
    '{subject, text} for e-mail (reports also html), the WebSocket message for webhooks. The text is relay.text''s.';
REVOKE ALL ON FUNCTION relay.render(text, text, text, text, text, text, bigint, timestamptz, jsonb) FROM PUBLIC;
