-- Noticing changes of the source. Ingest pays for this with every batch, so in steady state it is one min() over the batch
-- and writes nothing: rows at or after every threshold are not finished in any aggregate and need no note.
--
-- No change may slip between a writer that read the old threshold and a refresh that moves it. A writer takes the source's
-- lock shared until its commit and reads the threshold after that; compat.advance_threshold takes it exclusively,
-- so it waits for the writers that read the old value, and the materialisation, in a later transaction, sees their rows.
-- Writers that come afterwards read the new threshold and log what lies before it.

-- A note names the key (the sensor) of what changed where a statement touches few of them, so that a late row costs its own group of
-- its bucket; of many keys, as of none, it is for all.

-- The lock of a source is that of an empty table of its own, which nobody but its owner may lock (an advisory lock could be held by
-- whoever may log in). ROW EXCLUSIVE is shared among writers and costs no more than they take on the source itself.
DROP FUNCTION IF EXISTS compat.threshold_lock_class();

-- One trigger function for each source: the time column and the lock are written into it, so its plans are cached.
CREATE OR REPLACE FUNCTION compat.watch_source(p_source_id int)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_source compat.source;
    v_event text;
    v_tables text;
    v_times text;
    v_keys text;
    v_key text;
    v_function text := format('compat.note_changes_%s', p_source_id);
    v_lock text := format('compat.threshold_lock_%s', p_source_id);
BEGIN
    SELECT * INTO STRICT v_source FROM compat.source WHERE source_id = p_source_id;
    v_key := COALESCE(quote_ident(v_source.key_column), 'NULL') || '::text';
    EXECUTE format('CREATE TABLE IF NOT EXISTS %s ()', v_lock);
    EXECUTE format('COMMENT ON TABLE %s IS %L', v_lock,
        format('Always empty: its lock stands between the writers of %s and its refreshes.', v_source.relation));
    FOREACH v_event IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
        v_tables := CASE v_event
            WHEN 'insert' THEN 'NEW TABLE AS new_row'
            WHEN 'delete' THEN 'OLD TABLE AS old_row'
            ELSE 'OLD TABLE AS old_row NEW TABLE AS new_row' END;
        v_times := CASE v_event
            WHEN 'insert' THEN format('SELECT %I AS t FROM new_row', v_source.time_column)
            WHEN 'delete' THEN format('SELECT %I AS t FROM old_row', v_source.time_column)
            ELSE format('SELECT %1$I AS t FROM old_row UNION ALL SELECT %1$I FROM new_row', v_source.time_column) END;
        -- the same with each row's key
        v_keys := CASE v_event
            WHEN 'insert' THEN format('SELECT %I AS t, %s AS k FROM new_row', v_source.time_column, v_key)
            WHEN 'delete' THEN format('SELECT %I AS t, %s AS k FROM old_row', v_source.time_column, v_key)
            ELSE format('SELECT %1$I AS t, %2$s AS k FROM old_row UNION ALL SELECT %1$I, %2$s FROM new_row', v_source.time_column, v_key) END;
        EXECUTE format($body$
CREATE OR REPLACE FUNCTION %1$s_%2$s() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $trigger$
DECLARE
    v_threshold timestamptz;
    v_few boolean;
BEGIN
    LOCK TABLE %3$s IN ROW EXCLUSIVE MODE;
    IF current_setting('transaction_isolation') = 'read committed' THEN
        SELECT max(threshold) INTO v_threshold FROM compat.continuous_aggregate WHERE source_id = %4$s;
    ELSE
        -- this transaction's snapshot may be older than the threshold: note everything
        v_threshold := 'infinity';
    END IF;
    IF (SELECT min(t) FROM (%5$s) AS changed) < v_threshold THEN
        v_few := (SELECT count(*) FROM (SELECT DISTINCT k FROM (%7$s) AS changed WHERE t < v_threshold LIMIT %8$s + 1) AS few) <= %8$s;
        INSERT INTO compat.invalidation (continuous_aggregate_id, period, key)
        SELECT c.continuous_aggregate_id, r.period, CASE WHEN c.key_column IS NOT NULL THEN r.key END
        FROM (
            SELECT g.key, unnest(range_agg(tstzrange(g.t, g.t + %6$L::interval))) AS period
            FROM (
                SELECT DISTINCT public.time_bucket(%6$L::interval, t) AS t, CASE WHEN v_few THEN k END AS key
                FROM (%7$s) AS changed WHERE t < v_threshold
            ) AS g
            GROUP BY g.key
        ) AS r
        JOIN compat.continuous_aggregate AS c ON c.source_id = %4$s
        WHERE lower(r.period) < c.threshold OR v_threshold = 'infinity';
    END IF;
    RETURN NULL;
END
$trigger$$body$, v_function, v_event, v_lock, p_source_id, v_times, v_source.granule, v_keys, compat.most_keys());
        EXECUTE format('REVOKE ALL ON FUNCTION %s_%s() FROM PUBLIC', v_function, v_event);
        EXECUTE format('COMMENT ON FUNCTION %s_%s() IS %L', v_function, v_event,
            format('Trigger: notes which finished buckets a statement (%s) on %s invalidates.', v_event, v_source.relation));
        EXECUTE format('CREATE OR REPLACE TRIGGER compat_note_%2$s AFTER %2$s ON %3$s REFERENCING %4$s
            FOR EACH STATEMENT EXECUTE FUNCTION %1$s_%2$s()', v_function, v_event, v_source.relation, v_tables);
    END LOOP;
    EXECUTE format($body$
CREATE OR REPLACE FUNCTION %1$s_truncate() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $trigger$
BEGIN
    LOCK TABLE %2$s IN ROW EXCLUSIVE MODE;
    INSERT INTO compat.invalidation (continuous_aggregate_id, period, wiped)
    SELECT continuous_aggregate_id, tstzrange(NULL, NULL), true FROM compat.continuous_aggregate WHERE source_id = %3$s;
    -- chunks go, but nothing is left that would outlive them
    DELETE FROM compat.source_chunk WHERE source_id = %3$s;
    UPDATE compat.source SET dropped = '{}' WHERE source_id = %3$s AND dropped <> '{}';
    RETURN NULL;
END
$trigger$$body$, v_function, v_lock, p_source_id);
    EXECUTE format('REVOKE ALL ON FUNCTION %s_truncate() FROM PUBLIC', v_function);
    EXECUTE format('COMMENT ON FUNCTION %s_truncate() IS %L', v_function,
        format('Trigger: TRUNCATE of %s invalidates every bucket.', v_source.relation));
    EXECUTE format('CREATE OR REPLACE TRIGGER compat_note_truncate AFTER TRUNCATE ON %2$s
        FOR EACH STATEMENT EXECUTE FUNCTION %1$s_truncate()', v_function, v_source.relation);
END
$function$;
COMMENT ON FUNCTION compat.watch_source(int) IS 'Creates or replaces the triggers that note a source''s changes, e.g. after its granule became narrower.';
REVOKE ALL ON FUNCTION compat.watch_source(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.watch_source(int) TO millwright;

