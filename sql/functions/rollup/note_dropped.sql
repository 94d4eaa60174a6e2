CREATE OR REPLACE FUNCTION rollup.note_dropped() RETURNS void
    LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- A chunk that is made again for a late row has another name: one that was dropped can be told from one that never was.
    WITH watched AS MATERIALIZED (
        SELECT v.name AS view, r.oid AS relation, n.nspname, r.relname
        FROM unnest('{reading_1m,reading_1h}'::text[]) AS v (name)
        JOIN pg_class AS r ON r.oid = rollup.finished(v.name)
        JOIN pg_namespace AS n ON n.oid = r.relnamespace
    ),
    present AS MATERIALIZED (
        SELECT w.relation, k.chunk_name AS chunk, k.range_end
        FROM watched AS w
        JOIN timescaledb_information.chunks AS k ON k.hypertable_schema = w.nspname AND k.hypertable_name = w.relname
    ),
    seen AS (
        INSERT INTO rollup.finished_chunk (relation, chunk, range_end)
        SELECT p.relation, p.chunk, p.range_end FROM present AS p
        WHERE NOT EXISTS (SELECT FROM rollup.finished_chunk AS c WHERE c.relation = p.relation AND c.chunk = p.chunk)
        ON CONFLICT (relation, chunk) DO NOTHING
    ),
    gone AS (
        DELETE FROM rollup.finished_chunk AS c
        WHERE NOT EXISTS (SELECT FROM present AS p WHERE p.relation = c.relation AND p.chunk = c.chunk)
        RETURNING c.relation, c.range_end
    )
    UPDATE rollup.day_state AS s SET kept_from = greatest(s.kept_from, g.hours), minutes_from = greatest(s.minutes_from, g.minutes)
    FROM (
        -- a relation that is not watched any more is an aggregate that was made anew: nothing was dropped
        SELECT max(g.range_end) FILTER (WHERE w.view = 'reading_1h') AS hours, max(g.range_end) FILTER (WHERE w.view = 'reading_1m') AS minutes
        FROM gone AS g JOIN watched AS w ON w.relation = g.relation
    ) AS g
    WHERE g.hours > s.kept_from OR g.minutes > s.minutes_from
$$;
COMMENT ON FUNCTION rollup.note_dropped() IS
    'Notices that chunks of finished minutes or hours were dropped, by a policy or by hand, and moves rollup.day_state.minutes_from and kept_from. Part of rollup.refresh.';
REVOKE ALL ON FUNCTION rollup.note_dropped() FROM PUBLIC;
