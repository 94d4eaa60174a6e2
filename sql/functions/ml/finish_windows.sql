CREATE OR REPLACE FUNCTION ml.finish_windows(outcomes jsonb) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
    WITH given AS MATERIALIZED (
        SELECT o.model_id, o.time, o.outcome, left(o.detail, 1000) AS detail, coalesce(o.filled, 0) AS filled
        FROM jsonb_to_recordset(outcomes) AS o (
            model_id bigint, "time" timestamptz, outcome text, detail text, filled integer)
    ), counted AS (
        INSERT INTO ml.window_outcome AS o (model_id, day, outcome, windows, filled, newest, detail)
        SELECT g.model_id, g.time::date, g.outcome, count(*), sum(g.filled), max(g.time),
               (array_agg(g.detail ORDER BY g.time DESC))[1]
        FROM given AS g GROUP BY g.model_id, g.time::date, g.outcome
        ON CONFLICT (model_id, day, outcome) DO UPDATE SET
            windows = o.windows + excluded.windows, filled = o.filled + excluded.filled,
            newest = greatest(o.newest, excluded.newest), detail = excluded.detail
    ), last AS (
        SELECT DISTINCT ON (g.model_id) g.* FROM given AS g ORDER BY g.model_id, g.time DESC
    ), moved AS (
        UPDATE ml.window_state AS t SET
            done_to = l.time, last_outcome = l.outcome, last_detail = l.detail, decided_at = clock_timestamp(),
            -- a raw window may end with any point
            next_due = coalesce(l.time + s.bucket * s.stride + ops.setting_interval('ml.window_grace'),
                                clock_timestamp())
        FROM last AS l JOIN ml.window_spec AS s ON s.model_id = l.model_id
        WHERE t.model_id = l.model_id
    )
    SELECT count(*)::integer FROM given
$$;
COMMENT ON FUNCTION ml.finish_windows(jsonb) IS
    'What became of windows that ml.claim_windows handed out, in the same transaction: [{model_id, time, outcome: '
    'scored '
    'or refused, detail|null, filled}]. Returns how many.';
REVOKE ALL ON FUNCTION ml.finish_windows(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.finish_windows(jsonb) TO thin;
