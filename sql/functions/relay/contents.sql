CREATE OR REPLACE FUNCTION relay.contents(notifications relay.notification[], languages text[] DEFAULT NULL)
    RETURNS TABLE (ordinal bigint, data jsonb)
    -- plpgsql keeps the plan: thin asks for a few notifications many times a second
    LANGUAGE plpgsql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    c_longest CONSTANT integer := 4000; -- characters
    -- when words changed: between two of these moments all that was told was told in the same words
    v_changes timestamptz[] := ARRAY(SELECT DISTINCT f.until FROM relay.former_text AS f ORDER BY 1);
BEGIN
    RETURN QUERY
    WITH item AS MATERIALIZED (
        SELECT n.ordinality AS ordinal, n.event, x.at,
               CASE WHEN v_changes = '{}' THEN 0 ELSE width_bucket(x.at, v_changes) END AS era,
               a.code, x.data, CASE WHEN x.is_raise THEN a.kept_message END AS kept, v.definition -> 'message' AS own,
               alarm.template_keys(a.condition, n.event, a.code, x.data) AS keys,
               -- what a member of data is may be named in braces, too, but the alarm's own fields go before
               x.data || jsonb_build_object(
                   'equipment', coalesce(a.equipment_id, '-'), 'sensor', coalesce(s.name, ''),
                   'value', alarm.number_text(r.value), 'unit', coalesce(' ' || s.unit, ''),
                   'limit', alarm.number_text(r.limit_value), 'level', replace(r.level, '_', ' '),
                   'severity', r.severity,
                   'rule', a.code, 'time', alarm.iso_time(r.occurred_at),
                   'peak', alarm.number_text(CASE WHEN x.is_raise THEN r.value
                                                  WHEN n.event = 'cleared' THEN a.peak_value
                                                  ELSE (n.moment ->> 'peak')::float8 END))
                   || CASE WHEN x.data = '{}' AND a.condition <> 'system' THEN '{}' ELSE jsonb_build_object(
                       'text', coalesce(x.data ->> 'text', ''),
                       'object', coalesce(x.data ->> 'object', substr(a.code, strpos(a.code || ':', ':') + 1)),
                       'confidence', CASE jsonb_typeof(x.data -> 'confidence') WHEN 'number'
                           THEN to_char((x.data ->> 'confidence')::float8, 'FM990.00') ELSE '-' END) END AS fields,
               -- values that have a name in some language: severity.high, level.low_low, fault.bearing
               CASE WHEN x.data = '{}' THEN '{}' ELSE ARRAY(
                   SELECT e.key || '.' || (e.value #>> '{}') FROM jsonb_each(x.data) AS e
                   WHERE jsonb_typeof(e.value) = 'string'
                     AND (EXISTS (SELECT FROM relay.phrase AS p WHERE p.key = e.key || '.' || (e.value #>> '{}'))
                          OR EXISTS (SELECT FROM relay.former_text AS f
                                     WHERE f.source = 'phrase' AND f.key = e.key || '.' || (e.value #>> '{}')))
                   ORDER BY 1) END
                   || ARRAY['level.' || r.level, 'severity.' || r.severity] AS words,
               CASE
                   WHEN n.transition_id IS NULL THEN n.data
                   -- the alarm was removed by hand: what the notification itself knows
                   WHEN a.id IS NULL THEN jsonb_build_object('kind', n.kind, 'event', n.event, 'severity', n.severity,
                       'device_id', n.equipment_id, 'sensor_id', n.sensor_id)
                   ELSE jsonb_build_object(
                       'kind', n.kind, 'event', n.event,
                       'id', a.id, 'rule', a.code, 'rule_id', a.rule_id, 'rule_version', a.rule_version,
                       'condition', a.condition, 'device_id', a.equipment_id,
                       'sensor', s.name, 'sensor_id', a.sensor_id, 'sensor_type', s.type, 'unit', s.unit,
                       'value', t.value, 'limit', t.limit_value, 'level', t.level, 'severity', t.severity,
                       'active', NOT x.closes, 'acknowledged', false, 'confirmed', false,
                       'shelved', false, 'shelved_until', NULL, 'suppressed', false,
                       'out_of_service', false, 'latched', false, 'chattering', false,
                       'raised_at', alarm.iso_time(a.raised_at),
                       'cleared_at', CASE WHEN x.closes THEN alarm.iso_time(t.occurred_at) END,
                       'occurred_at', alarm.iso_time(t.occurred_at),
                       'actor', t.actor, 'comment', t.comment, 'data', NULL)
                       || CASE WHEN n.moment IS NULL THEN '{}' ELSE n.moment - '{peak,rule_version}'::text[] END
                       -- not told when it happened, but now: what stands when a hold ends, or when somebody new listens
                       || CASE WHEN NOT x.closes AND t.kind <> n.event
                               THEN '{"standing": true}'::jsonb ELSE '{}' END
               END AS facts
        FROM unnest(contents.notifications) WITH ORDINALITY AS n
        LEFT JOIN alarm.transition AS t ON t.id = n.transition_id
        LEFT JOIN alarm.alarm AS a ON a.id = t.alarm_id
        -- told as raised, whatever made it be told now: what it said when it was raised
        LEFT JOIN alarm.transition AS r ON r.id = CASE WHEN n.event = 'raised' AND t.kind <> 'raised' THEN (
            SELECT y.id FROM alarm.transition AS y
            WHERE y.alarm_id = t.alarm_id AND y.kind = 'raised' ORDER BY y.id LIMIT 1) ELSE t.id END
        CROSS JOIN LATERAL (
            SELECT n.event = 'raised' AS is_raise,
                   coalesce((SELECT e.closes FROM alarm.transition_kind AS e WHERE e.kind = n.event), false) AS closes,
                   CASE WHEN n.event = 'raised' THEN a.created_at ELSE n.created_at END AS at,
                   coalesce(CASE WHEN n.event = 'raised' THEN coalesce(r.data, a.data)
                                 ELSE coalesce(n.moment -> 'data', r.data) END, '{}') AS data
            OFFSET 0
        ) AS x
        LEFT JOIN LATERAL plant.sensor_then(a.sensor_id, x.at) AS s ON true
        LEFT JOIN alarm.rule_version AS v ON v.rule_id = a.rule_id AND v.version =
            CASE WHEN x.is_raise THEN a.rule_version
                 ELSE coalesce((n.moment ->> 'rule_version')::integer, a.rule_version) END
    ), template AS MATERIALIZED (
        SELECT k.keys, k.event, k.era, l.code, b.language, b.body, b.of_event
        FROM (SELECT i.keys, i.event, i.era, min(i.at) AS at FROM item AS i WHERE i.code IS NOT NULL
              GROUP BY i.keys, i.event, i.era) AS k
        JOIN relay.language AS l ON contents.languages IS NULL OR l.code = ANY (contents.languages)
        LEFT JOIN LATERAL (
            SELECT x.language, x.text AS body, e.of_event
            FROM relay.texts('template', k.keys, k.at) AS x
            JOIN relay.language AS y ON y.code = x.language
            CROSS JOIN LATERAL (
                SELECT k.event <> 'raised' AND (x.key = k.event OR x.key LIKE '%:' || k.event) AS of_event) AS e
            -- what the event has of its own, be it in another language; then the language; then what says most
            ORDER BY e.of_event DESC, x.language = l.code DESC, y.rank, y.code, array_position(k.keys, x.key)
            LIMIT 1
        ) AS b ON true
    ), wording AS MATERIALIZED (
        SELECT k.words, k.era, l.code, jsonb_object_agg(d.field, d.text) FILTER (WHERE d.field IS NOT NULL) AS labels
        FROM (SELECT i.words, i.era, min(i.at) AS at FROM item AS i WHERE i.code IS NOT NULL
              GROUP BY i.words, i.era) AS k
        JOIN relay.language AS l ON contents.languages IS NULL OR l.code = ANY (contents.languages)
        LEFT JOIN LATERAL (
            SELECT DISTINCT ON (x.key) split_part(x.key, '.', 1) AS field, x.text
            FROM relay.texts('phrase', k.words, k.at) AS x
            -- a value without a name in the language stays what it is, or is named as in one that goes before
            JOIN relay.language AS y ON y.code = x.language AND (y.code = l.code OR y.rank < l.rank)
            ORDER BY x.key, x.language = l.code DESC, y.rank, y.code
        ) AS d ON true
        GROUP BY k.words, k.era, l.code
    )
    SELECT i.ordinal, CASE WHEN i.code IS NULL THEN i.facts
                           ELSE i.facts || jsonb_build_object('message', coalesce(i.kept, m.message)) END
    FROM item AS i
    LEFT JOIN LATERAL (
        -- templates are an engineer's: without one it is told all the same
        SELECT jsonb_object_agg(t.code,
                   left(coalesce(f.text, concat_ws(': ', i.code, i.data ->> 'text')), c_longest)) AS message
        FROM template AS t
        LEFT JOIN wording AS w ON w.words = i.words AND w.era = i.era AND w.code = t.code
        CROSS JOIN LATERAL (
            SELECT CASE
                       WHEN t.of_event OR jsonb_typeof(i.own) IS DISTINCT FROM 'object' THEN t.body
                       WHEN i.own ? t.code THEN i.own ->> t.code
                       WHEN t.language = t.code THEN t.body
                       -- own words in another language before a template in another
                       ELSE coalesce((SELECT i.own ->> y.code FROM relay.language AS y
                                      WHERE i.own ? y.code ORDER BY y.rank, y.code LIMIT 1), t.body) END AS body,
                   i.fields || coalesce(w.labels, '{}') AS fields
            OFFSET 0
        ) AS b
        CROSS JOIN LATERAL alarm.fill(b.body, b.fields) AS f
        WHERE i.kept IS NULL AND t.keys = i.keys AND t.event = i.event AND t.era = i.era
    ) AS m ON true;
END
$$;
COMMENT ON FUNCTION relay.contents(relay.notification[], text[]) IS
    'What notifications say, by their place in the array: the member data of the WebSocket message. The one place '
    'where an alarm is put into words, made now in the words of that time: own text of the rule''s version, templates, '
    'phrases and the names of sensors may have changed since. languages: which ones its message has (NULL: all of '
    'relay.language).';
REVOKE ALL ON FUNCTION relay.contents(relay.notification[], text[]) FROM PUBLIC;
