CREATE OR REPLACE FUNCTION report.content(schedule report.schedule, due_at timestamptz) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c relay.channel;
    v_zone text := plant.time_zone();
    v_language text;
    v_period record;
    v_title text;
    v_scope text;
    v_remark text;
    v_untold bigint;
    v_text text;
    v_html text;
    v_bytes integer := ops.setting_int('report.message_bytes');
    v_most integer := ops.setting_int('report.rows');
    v_is_html boolean;
BEGIN
    SELECT x.* INTO c FROM relay.channel AS x WHERE x.id = schedule.channel_id;
    v_language := coalesce(c.language, relay.default_language());
    v_is_html := schedule.format = 'html' AND c.kind = 'email';
    -- Slack shows so many characters (relay.slack_text)
    v_bytes := CASE WHEN c.kind IN ('slack_webhook', 'slack_bot') THEN least(v_bytes, 3000) ELSE v_bytes END;
    SELECT p.* INTO v_period FROM report.period(schedule.report, due_at, v_zone) AS p;
    SELECT h.title, h.scope INTO v_title, v_scope
    FROM report.heading(schedule.report, v_period."from", v_period."to", schedule.equipment_id, v_zone, v_language)
        AS h;
    SELECT count(*) INTO v_untold FROM report.run AS r
    WHERE r.schedule_id = schedule.id AND r.status IN ('missed', 'failed') AND r.told_with IS NULL
        AND r.due_at < content.due_at;
    v_remark := CASE WHEN v_untold > 0 THEN relay.phrase('report.missed', v_language, v_untold::text) END;
    -- what does not fit is made again with half the rows, each section saying how many more there are
    LOOP
        v_text := report.render(schedule.report, 'text', v_period."from", v_period."to", schedule.equipment_id, v_zone,
                                v_language, v_most, v_remark);
        v_html := CASE WHEN v_is_html THEN
            report.render(schedule.report, 'html', v_period."from", v_period."to", schedule.equipment_id, v_zone,
                          v_language, v_most, v_remark) END;
        EXIT WHEN octet_length(v_text) + coalesce(octet_length(v_html), 0) <= v_bytes;
        IF v_most <= 1 THEN
            -- not even then: the text alone, cut
            v_html := NULL;
            v_text := relay.phrase('report.cut', v_language) || E'\n' || v_text;
            v_text := left(v_text, v_bytes / 4);
            EXIT;
        END IF;
        v_most := v_most / 2;
    END LOOP;
    RETURN jsonb_strip_nulls(jsonb_build_object(
        'kind', 'report', 'event', 'report', 'device_id', schedule.equipment_id,
        'message', jsonb_build_object(v_language, v_text),
        'report', jsonb_build_object(
            'name', schedule.report, 'schedule', schedule.name, 'due_at', alarm.iso_time(due_at),
            'from', alarm.iso_time(v_period."from"), 'to', alarm.iso_time(v_period."to"),
            'subject', concat_ws(' · ', v_title, v_scope), 'html', v_html)));
END
$$;
COMMENT ON FUNCTION report.content(report.schedule, timestamptz) IS
    'What a schedule''s delivery of a due time says (relay.delivery.data): the report in its channel''s language, as text and for e-mail as HTML if that is its format, together no more than the setting report.message_bytes (Slack: 3,000), and a remark about due times that nothing was sent for.';
REVOKE ALL ON FUNCTION report.content(report.schedule, timestamptz) FROM PUBLIC;
