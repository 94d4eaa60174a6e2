CREATE OR REPLACE FUNCTION relay.with_folded(delivery_id bigint, languages text[]) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH carried AS MATERIALIZED (
        SELECT d.id, d.subject, coalesce(d.data, relay.content(o, with_folded.languages)) AS data
        FROM relay.delivery AS d
        LEFT JOIN relay.notification AS o ON o.seq = d.seq
        WHERE d.folded_into = with_folded.delivery_id OR d.id = with_folded.delivery_id
    ), newest AS MATERIALIZED (
        SELECT DISTINCT ON (coalesce(c.subject, c.id::text)) c.id,
               -- raised, cleared …: what happened to it meanwhile, oldest first
               c.data || coalesce((
                   SELECT jsonb_build_object('folded', jsonb_agg(jsonb_build_object(
                       'event', e.data -> 'event', 'severity', e.data -> 'severity',
                       'occurred_at', e.data -> 'occurred_at') ORDER BY e.id))
                   FROM carried AS e WHERE e.subject = c.subject AND e.id < c.id HAVING count(*) > 0), '{}') AS data
        FROM carried AS c
        ORDER BY coalesce(c.subject, c.id::text), c.id DESC
    )
    SELECT CASE WHEN count(*) = 1 THEN (array_agg(n.data))[1]
        ELSE jsonb_build_object(
            'kind', 'digest', 'event', 'digest', 'count', count(*),
            'severity', (SELECT s.name FROM alarm.severity AS s WHERE s.name = ANY (array_agg(n.data ->> 'severity'))
                         ORDER BY s.rank DESC LIMIT 1),
            'items', jsonb_agg(n.data ORDER BY n.id))
    END
    FROM newest AS n
$$;
COMMENT ON FUNCTION relay.with_folded(bigint, text[]) IS
    'The content of a delivery with what was folded into it: member folded where that is about the same thing, else a '
    'digest whose items name every alarm in its newest state; texts in these languages (NULL: all). relay.text puts it '
    'into words.';
REVOKE ALL ON FUNCTION relay.with_folded(bigint, text[]) FROM PUBLIC;
