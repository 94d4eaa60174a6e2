CREATE OR REPLACE FUNCTION ingest.accept(
    topic text[], payload text[], raw bytea[], received_at timestamptz[],
    OUT messages integer, OUT stored integer, OUT duplicates integer, OUT quarantined integer, OUT historical integer,
    OUT alarm_transitions integer, OUT outbox_rows integer
)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    -- UTC, whatever the server's zone is; but while decoding, what a time without an offset means
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
    v_now timestamptz := clock_timestamp();
    v_most bigint := least(ops.setting_int('ingest.points_per_batch'),
                           ops.setting_int('ingest.points_per_message')::bigint * cardinality(accept.topic));
    v_zone text := ops.setting_text('ingest.time_zone');
    v_group record;
    v_part record;
    -- points to store
    v_sensor integer[] := '{}';
    v_time timestamptz[] := '{}';
    v_value float8[] := '{}';
    v_quality smallint[] := '{}';
    v_historical boolean[] := '{}';
    -- points in another unit, values that mean "no value", messages for the quarantine
    v_stated ingest.stated_point[] := '{}';
    v_none_sensor integer[] := '{}';
    v_none_time timestamptz[] := '{}';
    v_none_value float8[] := '{}';
    v_bad integer[] := '{}';
    v_reason text[] := '{}';
    v_detail text[] := '{}';
    -- messages put aside, messages that decoders took, groups whose points are in order by themselves only
    v_aside integer := 0;
    v_decoded integer := 0;
    v_groups integer := 0;
BEGIN
    messages := coalesce(cardinality(topic), 0);
    stored := 0; duplicates := 0; quarantined := 0; historical := 0; alarm_transitions := 0; outbox_rows := 0;

    -- 1. Arrays of history are put aside as they came: live points must not wait until thousands of old ones are
    -- decoded.
    IF ingest.has_bulk(accept.payload) THEN
        SELECT a.topic, a.payload, a.raw, a.received_at
        INTO accept.topic, accept.payload, accept.raw, accept.received_at
        FROM ingest.put_aside(accept.topic, accept.payload, accept.raw, accept.received_at) AS a;
        v_aside := messages - coalesce(cardinality(accept.topic), 0);
        messages := messages - v_aside;
    END IF;

    -- 2. A loop over the decoders that this batch needs (a handful, usually one), not over messages: each call is
    -- set-based.
    FOR v_group IN
        SELECT r.decoder, r.unit, coalesce(r.time_zone, v_zone) AS zone,
               bool_or(r.suspended_until > v_now) AS is_suspended,
               array_agg(m.ordinal::integer) AS ordinal, array_agg(r.equipment) AS equipment,
               array_agg(r.sensor) AS sensor,
               array_agg(m.payload) AS payload, array_agg(m.received_at) AS received_at
        FROM unnest(accept.topic, accept.payload, accept.received_at) WITH ORDINALITY AS m (topic, payload, received_at,
             ordinal)
        JOIN (
            -- ingest.decoder_of for all topics at once
            SELECT DISTINCT ON (t.topic) t.topic, d.decoder, d.unit, d.time_zone, d.suspended_until,
                   split_part(t.topic, '/', d.equipment_level) AS equipment,
                   split_part(t.topic, '/', d.sensor_level) AS sensor
            FROM (SELECT DISTINCT u FROM unnest(accept.topic) AS u) AS t (topic)
            JOIN ingest.topic_decoder AS d ON d.enabled AND d.decoder IS NOT NULL AND ingest.claims(d, t.topic)
            ORDER BY t.topic, d.priority, d.id
        ) AS r ON r.topic = m.topic
        WHERE m.payload IS NOT NULL
        GROUP BY r.decoder, r.unit, coalesce(r.time_zone, v_zone)
    LOOP
        v_decoded := v_decoded + cardinality(v_group.ordinal);
        -- what somebody below administrator wrote would run here with our rights; what hung just now would hang again
        IF v_group.is_suspended OR NOT ops.is_trusted_routine(v_group.decoder) THEN
            v_bad := v_bad || v_group.ordinal;
            v_reason := v_reason || array_fill(
                CASE WHEN v_group.is_suspended THEN 'decoder_suspended' ELSE 'untrusted_decoder' END,
                     ARRAY[cardinality(v_group.ordinal)]);
            v_detail := v_detail || array_fill(v_group.decoder::text, ARRAY[cardinality(v_group.ordinal)]);
            CONTINUE;
        END IF;
        -- what a time without an offset means; few names, all of them a DBA's, since the session keeps each
        IF current_setting('timezone') <> v_group.zone THEN
            PERFORM set_config('timezone', v_group.zone, true);
        END IF;
        SELECT d.* INTO v_part
        FROM ingest.decode(v_group.decoder, v_group.unit, v_group.ordinal, v_group.equipment, v_group.sensor,
                           v_group.payload,
                           v_group.received_at, v_now, v_most) AS d;
        v_groups := v_groups + 1;
        v_sensor := v_sensor || v_part.sensor_id;
        v_time := v_time || v_part.time;
        v_value := v_value || v_part.value;
        v_quality := v_quality || v_part.quality;
        v_historical := v_historical || v_part.is_historical;
        v_stated := v_stated || v_part.stated;
        v_none_sensor := v_none_sensor || v_part.none_sensor;
        v_none_time := v_none_time || v_part.none_time;
        v_none_value := v_none_value || v_part.none_value;
        v_bad := v_bad || v_part.bad;
        v_reason := v_reason || v_part.reason;
        v_detail := v_detail || v_part.detail;
    END LOOP;
    PERFORM set_config('timezone', 'UTC', true);

    -- 3. What came in another unit than its sensor's, or in another spelling of it.
    IF v_stated <> '{}' THEN
        SELECT v_sensor || array_agg(u.sensor_id) FILTER (WHERE u.error IS NULL),
               v_time || array_agg(u.time) FILTER (WHERE u.error IS NULL),
               v_value || array_agg(u.value) FILTER (WHERE u.error IS NULL),
               v_quality || array_agg(u.quality) FILTER (WHERE u.error IS NULL),
               v_historical || array_agg(u.is_historical) FILTER (WHERE u.error IS NULL),
               v_bad || array_agg(u.ordinal) FILTER (WHERE u.error <> 'no_value'),
               v_reason || array_agg(u.error) FILTER (WHERE u.error <> 'no_value'),
               v_detail || array_agg(u.detail) FILTER (WHERE u.error <> 'no_value'),
               v_none_sensor || array_agg(u.sensor_id) FILTER (WHERE u.error = 'no_value'),
               v_none_time || array_agg(u.time) FILTER (WHERE u.error = 'no_value'),
               v_none_value || array_agg(u.value) FILTER (WHERE u.error = 'no_value')
        INTO v_sensor, v_time, v_value, v_quality, v_historical, v_bad, v_reason, v_detail,
             v_none_sensor, v_none_time, v_none_value
        FROM ingest.in_sensor_units(v_stated) AS u;
        v_groups := v_groups + 1;
    END IF;

    -- 4. Store, in the order of the primary key, and judge.
    IF v_groups > 1 THEN
        SELECT array_agg(u.sensor_id), array_agg(u.time), array_agg(u.value), array_agg(u.quality),
               array_agg(u.is_historical)
        INTO v_sensor, v_time, v_value, v_quality, v_historical
        FROM (
            SELECT * FROM unnest(v_sensor, v_time, v_value, v_quality, v_historical) WITH ORDINALITY
                AS n (sensor_id, time, value, quality, is_historical, ordinal)
            ORDER BY n.sensor_id, n.time, n.ordinal
        ) AS u;
    END IF;
    SELECT s.stored, s.duplicates, s.historical, s.alarm_transitions, s.outbox_rows
    INTO stored, duplicates, historical, alarm_transitions, outbox_rows
    FROM ingest.store(v_sensor, v_time, v_value, v_quality, v_historical, accept.received_at[messages]) AS s;

    -- 5. What is not stored has a row that says so.
    IF v_none_sensor <> '{}' THEN
        PERFORM ingest.count_no_value(v_none_sensor, v_none_time, v_none_value);
    END IF;
    IF v_decoded < messages THEN
        SELECT v_bad || u.bad, v_reason || u.reason, v_detail || u.detail INTO v_bad, v_reason, v_detail
        FROM ingest.unclaimed(accept.topic, accept.payload, accept.raw) AS u;
    END IF;
    IF v_bad <> '{}' THEN
        quarantined := ingest.set_aside(accept.topic, accept.payload, accept.raw, accept.received_at, v_bad, v_reason,
                                        v_detail);
    END IF;
    messages := messages + v_aside;
END
$$;
COMMENT ON FUNCTION ingest.accept(text[], text[], bytea[], timestamptz[]) IS
    'One batch of MQTT messages in one call: decodes, stores each point once, evaluates alarm rules, quarantines what '
    'is bad. payload is NULL where the bytes were no UTF-8 text or too many; raw then holds (the first 64 KiB of) '
    'them. thin acknowledges the messages after the commit. Never raises because of what a message holds.';
REVOKE ALL ON FUNCTION ingest.accept(text[], text[], bytea[], timestamptz[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.accept(text[], text[], bytea[], timestamptz[]) TO thin;
