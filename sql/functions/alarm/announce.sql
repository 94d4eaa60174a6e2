CREATE OR REPLACE FUNCTION alarm.announce(transition_ids bigint[]) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    v_told record;
    v_last bigint;
BEGIN
    IF coalesce(cardinality(transition_ids), 0) = 0 THEN
        RETURN 0;
    END IF;

    -- What the stream of notifications is told, in terms of what it was told before, and of each alarm as it is at the
    -- end of the transaction: a hold that began and ended meanwhile, or two that ended, are told once.
    WITH item AS (
        SELECT t.id, t.kind, a.id AS alarm_id, a.active, a.told AS heard, n.kinds, n.free, e.frees,
               e.closes, e.holds,
               bool_or(t.kind = 'raised') OVER w AS is_new,
               t.id = max(t.id) FILTER (WHERE e.frees) OVER w AS last_end,
               -- says that it stands
               n.free AND CASE WHEN t.kind = 'raised' THEN n.raises
                               WHEN e.frees OR e.opens THEN n.raises AND a.active
                               WHEN e.stands THEN t.kind = ANY (n.kinds) OR (n.raises AND a.active)
                               ELSE false END AS stands,
               -- of which an outbox row is made
               CASE WHEN a.condition = 'system' THEN 'system' ELSE 'alarm' END AS outbox_kind, t.severity,
                    a.equipment_id, a.sensor_id,
               alarm.moment(a, e, t.occurred_at, r.version) AS moment
        FROM unnest(transition_ids) AS i (id)
        JOIN alarm.transition AS t ON t.id = i.id
        JOIN alarm.transition_kind AS e ON e.kind = t.kind
        JOIN alarm.alarm AS a ON a.id = t.alarm_id
        LEFT JOIN alarm.rule AS r ON r.id = a.rule_id
        CROSS JOIN LATERAL (SELECT coalesce(r.notify, (SELECT alarm.told_kinds())) AS kinds OFFSET 0) AS k
        CROSS JOIN LATERAL (
            SELECT k.kinds, 'raised' = ANY (k.kinds) AS raises, alarm.is_free(a) AS free OFFSET 0
        ) AS n
        WINDOW w AS (PARTITION BY a.id)
    ), known AS (
        SELECT i.*,
               -- alarm.settle notes an alarm as told that is free when it is raised; it may be held a moment later
               i.heard AND NOT i.is_new AS told,
               coalesce(bool_or(i.stands) OVER (PARTITION BY i.alarm_id
                                                ORDER BY i.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
                        false) AS just_told
        FROM item AS i
    ), said AS (
        SELECT k.*, CASE
            -- while it is held nothing; and a standing alarm that nobody heard of is a new one, whatever happened to it
            WHEN k.stands THEN
                CASE WHEN NOT k.told AND NOT k.just_told AND 'raised' = ANY (k.kinds) THEN 'raised'
                     -- a hold ends: what stands is told again; what came and went stays silent
                     WHEN k.frees THEN CASE WHEN k.told AND k.last_end THEN k.kind END
                     WHEN k.kind = ANY (k.kinds) OR k.kind = 'reinstated' THEN k.kind END
            -- whoever heard that it stands hears that it cleared, also while it is held; nobody else
            WHEN k.closes THEN
                CASE WHEN (k.told OR k.just_told)
                     AND ('cleared' = ANY (k.kinds) OR k.kind = ANY (k.kinds)) THEN k.kind END
            -- the act of holding back what stands is told, to whom it was told that it stands
            WHEN k.holds THEN
                CASE WHEN k.kind = ANY (k.kinds) AND (k.told OR k.just_told) AND k.active THEN k.kind END
            WHEN k.kind = ANY (k.kinds) AND k.free AND NOT k.frees THEN k.kind
        END AS event
        FROM known AS k
    )
    SELECT array_agg(s.id ORDER BY s.id) FILTER (WHERE s.event IS NOT NULL) AS id,
           array_agg(s.event ORDER BY s.id) FILTER (WHERE s.event IS NOT NULL) AS event,
           array_agg(s.kind ORDER BY s.id) FILTER (WHERE s.event IS NOT NULL) AS happened,
           array_agg(s.alarm_id ORDER BY s.id) FILTER (WHERE s.event IS NOT NULL) AS alarm_id,
           array_agg(s.outbox_kind ORDER BY s.id) FILTER (WHERE s.event IS NOT NULL) AS outbox_kind,
           array_agg(s.severity ORDER BY s.id) FILTER (WHERE s.event IS NOT NULL) AS severity,
           array_agg(s.equipment_id ORDER BY s.id) FILTER (WHERE s.event IS NOT NULL) AS equipment_id,
           array_agg(s.sensor_id ORDER BY s.id) FILTER (WHERE s.event IS NOT NULL) AS sensor_id,
           array_agg(s.moment ORDER BY s.id) FILTER (WHERE s.event IS NOT NULL) AS moment,
           array_agg(DISTINCT s.alarm_id) FILTER (WHERE s.stands AND NOT s.heard) AS news,
           array_agg(DISTINCT s.alarm_id) FILTER (WHERE s.is_new AND s.heard AND NOT s.free) AS unheard,
           array_agg(s.id) FILTER (WHERE s.last_end AND s.free AND s.active) AS freed
    INTO v_told
    FROM said AS s;
    -- alarm.settle has done this for what ingest raises
    IF v_told.news IS NOT NULL THEN
        UPDATE alarm.alarm AS a SET told = true WHERE a.id = ANY (v_told.news);
    END IF;
    IF v_told.unheard IS NOT NULL THEN
        UPDATE alarm.alarm AS a SET told = false WHERE a.id = ANY (v_told.unheard);
    END IF;
    -- whom a hold kept it from could not answer: re-alarm and escalation count from now on
    IF v_told.freed IS NOT NULL THEN
        UPDATE alarm.alarm AS a SET announced_at = t.occurred_at
        FROM alarm.transition AS t WHERE t.id = ANY (v_told.freed) AND a.id = t.alarm_id;
    END IF;
    IF v_told.id IS NULL THEN
        RETURN 0;
    END IF;

    v_last := relay.publish_batch(v_told.outbox_kind, v_told.event, v_told.severity, v_told.equipment_id,
                                  v_told.sensor_id,
        NULL, v_told.id, v_told.moment);
    PERFORM alarm.deliver(v_last - cardinality(v_told.id), v_told.alarm_id, v_told.happened);
    RETURN cardinality(v_told.id);
END
$$;
COMMENT ON FUNCTION alarm.announce(bigint[]) IS
    'Tells transitions (alarm.transition.id, in the order of their ids) to the stream of notifications and to '
    'channels, as far as they change what these believe or are asked for; returns how many outbox rows that made. Call '
    'it last in a transaction: it takes the outbox counter.';
REVOKE ALL ON FUNCTION alarm.announce(bigint[]) FROM PUBLIC;
