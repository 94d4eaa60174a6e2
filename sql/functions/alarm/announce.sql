CREATE OR REPLACE FUNCTION alarm.announce(transition_ids bigint[]) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    v_row record;
BEGIN
    IF coalesce(cardinality(transition_ids), 0) = 0 THEN
        RETURN 0;
    END IF;
    WITH template AS MATERIALIZED (
        SELECT m.condition, max(m.body) FILTER (WHERE m.language = 'ko') AS ko, max(m.body) FILTER (WHERE m.language = 'en') AS en
        FROM alarm.message_template AS m
        GROUP BY m.condition
    )
    -- only what the rule asks for, and nothing of an alarm that is held back (but the act of holding it back is told)
    SELECT array_agg(CASE WHEN a.condition = 'system' THEN 'system' ELSE 'alarm' END ORDER BY t.id) AS kind,
           array_agg(t.kind ORDER BY t.id) AS event,
           array_agg(t.severity ORDER BY t.id) AS severity,
           array_agg(a.equipment_id ORDER BY t.id) AS equipment_id,
           array_agg(a.sensor_id ORDER BY t.id) AS sensor_id,
           array_agg(jsonb_build_object(
               'kind', CASE WHEN a.condition = 'system' THEN 'system' ELSE 'alarm' END, 'event', t.kind,
               'id', a.id, 'rule', a.code, 'rule_id', a.rule_id, 'rule_version', a.rule_version, 'condition', a.condition,
               'device_id', a.equipment_id, 'sensor', s.name, 'sensor_id', a.sensor_id, 'sensor_type', s.type, 'unit', s.unit,
               'value', t.value, 'limit', t.limit_value, 'level', t.level, 'severity', t.severity,
               'active', t.kind <> 'cleared' AND (a.active OR t.occurred_at < a.cleared_at),
               'acknowledged', a.acknowledged, 'confirmed', a.confirmed,
               'shelved', a.shelved IS NOT NULL, 'shelved_until', alarm.iso_time(a.shelved_until), 'suppressed', a.suppressed_by <> '{}',
               'out_of_service', a.out_of_service, 'latched', a.latched, 'chattering', a.chattering,
               'raised_at', alarm.iso_time(a.raised_at), 'cleared_at', CASE WHEN t.occurred_at >= a.cleared_at THEN alarm.iso_time(a.cleared_at) END,
               'occurred_at', x.time, 'actor', t.actor, 'comment', t.comment, 'data', nullif(a.data, '{}'),
               'message', CASE WHEN t.kind = 'raised' THEN a.message ELSE jsonb_build_object(
                   'ko', alarm.fill(x.ko, a.equipment_id, s.name, x.value, s.unit, x."limit", alarm.level_label(t.level, 'ko'),
                       v.label_ko, a.code, x.time, x.peak, a.data),
                   'en', alarm.fill(x.en, a.equipment_id, s.name, x.value, s.unit, x."limit", alarm.level_label(t.level, 'en'),
                       v.label_en, a.code, x.time, x.peak, a.data))
                   END
               ) ORDER BY t.id) AS data
    INTO v_row
    FROM unnest(transition_ids) AS i (id)
    JOIN alarm.transition AS t ON t.id = i.id
    JOIN alarm.alarm AS a ON a.id = t.alarm_id
    LEFT JOIN alarm.rule AS r ON r.id = a.rule_id
    LEFT JOIN plant.sensor AS s ON s.id = a.sensor_id
    LEFT JOIN alarm.severity AS v ON v.name = t.severity
    LEFT JOIN template AS c ON c.condition = a.condition || ':cleared' AND t.kind = 'cleared'
    LEFT JOIN template AS n ON n.condition = 'cleared' AND t.kind = 'cleared'
    LEFT JOIN template AS o ON o.condition = a.condition
    LEFT JOIN template AS d ON d.condition = '*'
    -- OFFSET 0: made once for both languages, and not at all where the alarm has its text already
    LEFT JOIN LATERAL (
        SELECT alarm.iso_time(t.occurred_at) AS time,
               CASE WHEN t.kind <> 'raised' THEN alarm.number_text(t.value) END AS value,
               CASE WHEN t.kind <> 'raised' THEN alarm.number_text(t.limit_value) END AS "limit",
               CASE WHEN t.kind <> 'raised' THEN alarm.number_text(a.peak_value) END AS peak,
               coalesce(CASE WHEN t.kind <> 'cleared' THEN r.message ->> 'ko' END, c.ko, n.ko, o.ko, d.ko) AS ko,
               coalesce(CASE WHEN t.kind <> 'cleared' THEN r.message ->> 'en' END, c.en, n.en, o.en, d.en) AS en
        OFFSET 0
    ) AS x ON true
    WHERE t.kind = ANY (coalesce(r.notify, (SELECT alarm.told_kinds())))
      AND ((a.shelved IS NULL AND a.suppressed_by = '{}' AND NOT a.out_of_service)
           OR t.kind IN ('shelved', 'suppressed', 'out_of_service'));
    IF v_row.kind IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM relay.publish_batch(v_row.kind, v_row.event, v_row.severity, v_row.equipment_id, v_row.sensor_id, v_row.data);
    RETURN cardinality(v_row.kind);
END
$$;
COMMENT ON FUNCTION alarm.announce(bigint[]) IS
    'Puts transitions (alarm.transition.id, in the order of their ids) that their rule wants told into the outbox; returns how many. Call it last in a transaction: it takes the outbox counter.';
REVOKE ALL ON FUNCTION alarm.announce(bigint[]) FROM PUBLIC;
