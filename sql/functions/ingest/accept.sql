CREATE OR REPLACE FUNCTION ingest.accept(
    topic text[], payload text[], raw bytea[], received_at timestamptz[],
    OUT messages integer, OUT stored integer, OUT duplicates integer, OUT quarantined integer, OUT historical integer,
    OUT alarm_transitions integer, OUT outbox_rows integer
)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    -- UTC: a timestamp without a zone means UTC, whatever the server's zone is
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
    v_now timestamptz := clock_timestamp();
    v_latest_time timestamptz := v_now + ops.setting_interval('ingest.future_tolerance');
    v_earliest_time timestamptz := v_now - ops.setting_interval('ingest.oldest');
    v_register boolean := ops.setting_text('ingest.unknown_equipment') = 'register';
    v_group record;
    v_part record;
    v_sensor integer[] := '{}';
    v_time timestamptz[] := '{}';
    v_value float8[] := '{}';
    v_quality smallint[] := '{}';
    v_historical boolean[] := '{}';
    v_groups integer := 0;
    v_decoded integer := 0;
    v_bad integer[] := '{}';
    v_reason text[] := '{}';
    v_detail text[] := '{}';
BEGIN
    messages := coalesce(cardinality(topic), 0);
    stored := 0; duplicates := 0; quarantined := 0; historical := 0; alarm_transitions := 0; outbox_rows := 0;

    -- A loop over the decoders that this batch needs (a handful, usually one), not over messages: each call is set-based.
    FOR v_group IN
        SELECT r.decoder,
               array_agg(m.ordinal::integer) AS ordinal, array_agg(r.equipment) AS equipment, array_agg(r.sensor) AS sensor,
               array_agg(m.payload) AS payload, array_agg(m.received_at) AS received_at
        FROM unnest(accept.topic, accept.payload, accept.received_at) WITH ORDINALITY AS m (topic, payload, received_at, ordinal)
        JOIN (
            SELECT DISTINCT ON (t.topic) t.topic, d.decoder,
                   split_part(t.topic, '/', d.equipment_level) AS equipment,
                   split_part(t.topic, '/', d.sensor_level) AS sensor
            FROM (SELECT DISTINCT u FROM unnest(accept.topic) AS u) AS t (topic)
            JOIN ingest.topic_decoder AS d
                ON d.enabled AND d.decoder IS NOT NULL
                AND d.levels = length(t.topic) - length(replace(t.topic, '/', '')) + 1
                AND t.topic LIKE d.like_pattern
            ORDER BY t.topic, d.priority, d.id
        ) AS r ON r.topic = m.topic
        WHERE m.payload IS NOT NULL
        GROUP BY r.decoder
    LOOP
        FOR v_attempt IN 1..2 LOOP
            -- Decode, find the sensors, and part the good from the bad, in one statement.
            EXECUTE format($sql$
                SELECT array_agg(p.sensor_id) FILTER (WHERE p.error IS NULL) AS sensor_id,
                       array_agg(p.time) FILTER (WHERE p.error IS NULL) AS time,
                       array_agg(p.value) FILTER (WHERE p.error IS NULL) AS value,
                       array_agg(p.quality) FILTER (WHERE p.error IS NULL) AS quality,
                       array_agg(p.is_historical) FILTER (WHERE p.error IS NULL) AS is_historical,
                       array_agg(p.ordinal) FILTER (WHERE p.error IS NOT NULL) AS bad,
                       array_agg(p.error) FILTER (WHERE p.error IS NOT NULL) AS reason,
                       array_agg(p.error_detail) FILTER (WHERE p.error IS NOT NULL) AS detail,
                       count(*) FILTER (WHERE p.error = 'unknown_sensor') AS unknown
                FROM (
                    SELECT s.id AS sensor_id, d.time, d.value, d.quality, d.is_historical, d.ordinal,
                           CASE
                               WHEN d.error IS NOT NULL THEN d.error
                               WHEN d.time > $6 THEN 'future_timestamp'
                               WHEN d.time < $7 THEN 'ancient_timestamp'
                               WHEN s.id IS NULL THEN 'unknown_sensor'
                           END AS error,
                           CASE WHEN d.error IS NOT NULL THEN d.error_detail
                                WHEN s.id IS NULL THEN d.equipment || ' ' || d.sensor
                                ELSE d.time::text END AS error_detail
                    FROM %s($1, $2, $3, $4, $5) AS d
                    LEFT JOIN plant.sensor AS s ON s.equipment_id = d.equipment AND s.name = d.sensor
                    -- by the primary key: an index is filled twice as fast in order
                    ORDER BY s.id, d.time
                ) AS p $sql$, v_group.decoder)
            INTO v_part
            USING v_group.ordinal, v_group.equipment, v_group.sensor, v_group.payload, v_group.received_at,
                  v_latest_time, v_earliest_time;
            EXIT WHEN v_part.unknown = 0 OR NOT v_register OR v_attempt = 2;
            -- First words of a sensor: register it, then decode again. Rare, so the second pass costs nothing that matters.
            EXECUTE format($sql$
                SELECT plant.discover(array_agg(d.equipment), array_agg(d.sensor), array_agg(d.sensor_type), array_agg(d.unit))
                FROM (
                    SELECT DISTINCT d.equipment, d.sensor, d.sensor_type, d.unit
                    FROM %s($1, $2, $3, $4, $5) AS d
                    LEFT JOIN plant.sensor AS s ON s.equipment_id = d.equipment AND s.name = d.sensor
                    WHERE d.error IS NULL AND s.id IS NULL AND d.time <= $6 AND d.time >= $7
                ) AS d $sql$, v_group.decoder)
            USING v_group.ordinal, v_group.equipment, v_group.sensor, v_group.payload, v_group.received_at,
                  v_latest_time, v_earliest_time;
        END LOOP;
        v_decoded := v_decoded + cardinality(v_group.ordinal);
        v_groups := v_groups + 1;
        v_sensor := v_sensor || v_part.sensor_id;
        v_time := v_time || v_part.time;
        v_value := v_value || v_part.value;
        v_quality := v_quality || v_part.quality;
        v_historical := v_historical || v_part.is_historical;
        v_bad := v_bad || v_part.bad;
        v_reason := v_reason || v_part.reason;
        v_detail := v_detail || v_part.detail;
    END LOOP;

    IF v_groups > 1 THEN
        SELECT array_agg(u.sensor_id), array_agg(u.time), array_agg(u.value), array_agg(u.quality), array_agg(u.is_historical)
        INTO v_sensor, v_time, v_value, v_quality, v_historical
        FROM (
            SELECT * FROM unnest(v_sensor, v_time, v_value, v_quality, v_historical)
                AS n (sensor_id, time, value, quality, is_historical)
            ORDER BY n.sensor_id, n.time
        ) AS u;
    END IF;
    SELECT s.stored, s.duplicates, s.historical, s.alarm_transitions, s.outbox_rows
    INTO stored, duplicates, historical, alarm_transitions, outbox_rows
    FROM ingest.store(v_sensor, v_time, v_value, v_quality, v_historical, accept.received_at[messages]) AS s;

    -- What no decoder took: bytes that are no text, and topics that nobody claims.
    IF v_decoded < messages THEN
        SELECT v_bad || coalesce(array_agg(m.ordinal::integer), '{}'),
               v_reason || coalesce(array_agg(m.reason), '{}'),
               v_detail || coalesce(array_agg(NULL::text), '{}')
        INTO v_bad, v_reason, v_detail
        FROM (
            SELECT u.ordinal,
                   CASE WHEN u.payload IS NOT NULL THEN 'no_decoder'
                        WHEN octet_length(u.raw) >= 65536 THEN 'oversized'
                        ELSE 'not_utf8' END AS reason
            FROM unnest(accept.topic, accept.payload, accept.raw) WITH ORDINALITY AS u (topic, payload, raw, ordinal)
            WHERE u.payload IS NULL OR NOT EXISTS (
                SELECT FROM ingest.topic_decoder AS d
                WHERE d.enabled AND d.decoder IS NOT NULL
                  AND d.levels = length(u.topic) - length(replace(u.topic, '/', '')) + 1
                  AND u.topic LIKE d.like_pattern)
        ) AS m;
    END IF;

    IF cardinality(v_bad) > 0 THEN
        -- one row a message: several bad members are told in one detail
        SELECT ingest.quarantine_batch(array_agg(b.topic), array_agg(b.payload), array_agg(b.reason), array_agg(b.detail),
                                       array_agg(b.received_at))
        INTO quarantined
        FROM (
            SELECT accept.topic[e.ordinal] AS topic,
                   coalesce(accept.raw[e.ordinal], convert_to(accept.payload[e.ordinal], 'UTF8')) AS payload,
                   min(e.reason) AS reason, string_agg(e.detail, ', ') AS detail,
                   accept.received_at[e.ordinal] AS received_at
            FROM unnest(v_bad, v_reason, v_detail) AS e (ordinal, reason, detail)
            GROUP BY e.ordinal
            ORDER BY e.ordinal
        ) AS b;
    END IF;
END
$$;
COMMENT ON FUNCTION ingest.accept(text[], text[], bytea[], timestamptz[]) IS
    'One batch of MQTT messages in one call: decodes, stores each point once, evaluates alarm rules, quarantines what is bad. payload is NULL where the bytes were no UTF-8 text or too many; raw then holds (the first 64 KiB of) them. thin acknowledges the messages after the commit. Never raises because of what a message holds.';
REVOKE ALL ON FUNCTION ingest.accept(text[], text[], bytea[], timestamptz[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.accept(text[], text[], bytea[], timestamptz[]) TO thin;
