CREATE OR REPLACE FUNCTION relay.publish_batch(
    kind text[], event text[], severity text[], equipment_id text[], sensor_id integer[], data jsonb[],
    transition_id bigint[] DEFAULT NULL, moment jsonb[] DEFAULT NULL
) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_count integer := coalesce(cardinality(kind), 0);
    v_last bigint;
BEGIN
    IF v_count = 0 THEN
        RETURN NULL;
    END IF;
    -- Taken last of all locks in every transaction (see relay.sequence): held until commit, it makes the
    -- numbers gapless and their order that of the commits.
    UPDATE relay.sequence SET last = last + v_count RETURNING last INTO v_last;

    INSERT INTO relay.notification (seq, kind, event, severity, equipment_id, sensor_id, data, transition_id, moment)
    SELECT v_last - v_count + n.ordinal, n.kind, n.event, n.severity, n.equipment_id, n.sensor_id,
           CASE WHEN n.transition_id IS NULL THEN
               jsonb_build_object('kind', n.kind, 'event', n.event, 'severity', n.severity, 'device_id', n.equipment_id)
                   || n.data END,
           n.transition_id, n.moment
    FROM unnest(publish_batch.kind, publish_batch.event, publish_batch.severity, publish_batch.equipment_id,
                publish_batch.sensor_id, publish_batch.data, publish_batch.transition_id,
                publish_batch.moment) WITH ORDINALITY
        AS n (kind, event, severity, equipment_id, sensor_id, data, transition_id, moment, ordinal);
    IF publish_batch.transition_id IS NOT NULL THEN
        RETURN v_last;
    END IF;

    INSERT INTO relay.delivery (seq, channel_id)
    SELECT DISTINCT o.seq, r.channel_id
    FROM relay.notification AS o
    JOIN relay.route AS r ON r.enabled
        AND (r.kinds IS NULL OR o.kind = ANY (r.kinds))
        AND (r.events IS NULL OR o.event = ANY (r.events))
        AND (r.severities IS NULL OR o.severity = ANY (r.severities))
        AND (r.equipment_ids IS NULL OR o.equipment_id = ANY (r.equipment_ids))
    JOIN relay.channel AS c ON c.id = r.channel_id AND c.enabled AND c.available
    LEFT JOIN plant.equipment AS e ON e.id = o.equipment_id
    WHERE o.seq > v_last - v_count AND o.seq <= v_last
      AND (r.equipment_types IS NULL OR e.type = ANY (r.equipment_types))
      AND (r.locations IS NULL OR e.location = ANY (r.locations))
    ORDER BY o.seq;

    RETURN v_last;
END
$$;
COMMENT ON FUNCTION relay.publish_batch(text[], text[], text[], text[], integer[], jsonb[], bigint[], jsonb[]) IS
    'Writes notifications to the outbox in the order given, with a delivery for each channel that a route names; '
    'returns the last sequence number. Of transitions (alarm.transition.id, alarm.moment; data NULL) it writes no '
    'text, and whoever tells of them queues the deliveries itself. Call it last in a transaction: it holds the outbox '
    'counter until commit.';
REVOKE ALL ON FUNCTION relay.publish_batch(text[], text[], text[], text[], integer[], jsonb[], bigint[], jsonb[])
    FROM PUBLIC;
