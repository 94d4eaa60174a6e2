CREATE OR REPLACE FUNCTION relay.fold(channels integer[]) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    WITH waiting AS MATERIALIZED (
        SELECT d.id, d.channel_id,
               max(d.id) OVER (PARTITION BY d.channel_id, coalesce(d.subject, d.id::text)) AS newest,
               max(d.id) OVER (PARTITION BY d.channel_id) AS last,
               count(*) OVER (PARTITION BY d.channel_id) AS count
        FROM relay.delivery AS d
        WHERE d.channel_id = ANY (fold.channels) AND d.status = 'pending'
          -- each report is sent by itself, and none carries an alarm
          AND d.data ->> 'kind' IS DISTINCT FROM 'report'
    ), decided AS (
        SELECT w.id, CASE WHEN w.count > coalesce(c.digest_over, k.digest_over) THEN w.last ELSE w.newest END AS carrier
        FROM waiting AS w
        JOIN relay.channel AS c ON c.id = w.channel_id
        JOIN relay.channel_kind AS k ON k.kind = c.kind
    ), overtaken AS MATERIALIZED (
        SELECT d.id, d.carrier FROM decided AS d WHERE d.carrier <> d.id
    )
    UPDATE relay.delivery AS d
    SET status = 'folded', folded_into = o.carrier, next_attempt_at = NULL
    FROM overtaken AS o
    -- what had been folded into one that is now folded itself goes along
    WHERE o.id IN (d.id, d.folded_into);
END
$$;
COMMENT ON FUNCTION relay.fold(integer[]) IS
    'Of several deliveries about one subject that wait at a channel the newest carries the others; where more wait '
    'than the channel''s digest_over, the newest of all does, and becomes a digest. Reports are left alone. Part of '
    'relay.claim_deliveries, which holds the channels.';
REVOKE ALL ON FUNCTION relay.fold(integer[]) FROM PUBLIC;
