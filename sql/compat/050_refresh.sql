-- Refreshing. Two steps, each its own transaction (why: 030_invalidation.sql):
--   1. compat.advance_threshold: from its commit on, writers note changes before the new threshold;
--   2. compat.materialize: takes the noted ranges inside the window and computes their buckets again, nothing else.
-- refresh_continuous_aggregate does 1, COMMIT, 2. A policy's run does 2, then 1 for its next run, so it needs no COMMIT inside
-- and the scheduler can isolate its failure.

-- Serialised by the aggregate's row; the source's lock is taken second and held to the end of the transaction, so this is
-- the last thing that a transaction does. While it waits for writers in flight, new writers queue behind it: at most
-- p_lock_wait, four times with pauses; then it gives up and says so by returning the old threshold, or, if required, by 55P03.
CREATE OR REPLACE FUNCTION compat.advance_threshold(p_continuous_aggregate_id int, p_to timestamptz, p_lock_wait interval DEFAULT '250 ms',
    p_required boolean DEFAULT false)
RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c compat.continuous_aggregate;
    s compat.source;
    v_to timestamptz := p_to;
    v_lock_timeout text := current_setting('lock_timeout');
    v_locked boolean := false;
BEGIN
    SELECT * INTO STRICT c FROM compat.continuous_aggregate WHERE continuous_aggregate_id = p_continuous_aggregate_id FOR NO KEY UPDATE;
    SELECT * INTO STRICT s FROM compat.source WHERE source_id = c.source_id;
    IF c.parent_id IS NOT NULL THEN
        -- only finished buckets of the other aggregate are taken
        v_to := LEAST(v_to, (SELECT watermark FROM compat.continuous_aggregate WHERE continuous_aggregate_id = c.parent_id));
    END IF;
    IF v_to = 'infinity' THEN
        -- to the end: up to and with the bucket of the newest row
        EXECUTE format('SELECT max(%I) FROM %s WHERE %1$I >= $1', s.time_column, s.relation) INTO v_to USING c.threshold;
        EXECUTE format('SELECT %s', c.bucket_expression) INTO v_to USING v_to;
        v_to := compat.next_bucket(c.bucket_expression, c.bucket_width, v_to);
    ELSIF isfinite(v_to) THEN
        EXECUTE format('SELECT %s', c.bucket_expression) INTO v_to USING v_to;
    END IF;
    IF v_to IS NULL OR v_to <= c.threshold THEN
        RETURN c.threshold;
    END IF;
    FOR attempt IN 1 .. 4 LOOP
        BEGIN
            PERFORM set_config('lock_timeout', (extract(epoch FROM p_lock_wait) * 1000)::int::text, true);
            EXECUTE format('LOCK TABLE compat.threshold_lock_%s IN SHARE ROW EXCLUSIVE MODE', c.source_id);
            v_locked := true;
        EXCEPTION WHEN lock_not_available THEN
            -- a long writer: let the others that queued behind this request pass
            PERFORM pg_sleep(extract(epoch FROM p_lock_wait));
        END;
        EXIT WHEN v_locked;
    END LOOP;
    PERFORM set_config('lock_timeout', v_lock_timeout, true);
    IF NOT v_locked AND p_required THEN
        RAISE EXCEPTION USING ERRCODE = 'lock_not_available', MESSAGE = format('transactions that write to "%s" do not end', s.relation),
            HINT = 'refresh again when the long writer is done';
    ELSIF NOT v_locked THEN
        RETURN c.threshold;
    END IF;
    UPDATE compat.continuous_aggregate SET threshold = v_to WHERE continuous_aggregate_id = p_continuous_aggregate_id;
    RETURN v_to;
END
$$;
COMMENT ON FUNCTION compat.advance_threshold(int, timestamptz, interval, boolean) IS
    'Step 1 of a refresh: moves the time before which changes are logged up to p_to (rounded down to a bucket; infinity: after the newest row) and returns it. Commit before materialising.';
REVOKE ALL ON FUNCTION compat.advance_threshold(int, timestamptz, interval, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.advance_threshold(int, timestamptz, interval, boolean) TO millwright, admin;

-- Half a width further than the width lands inside the next bucket, also where buckets differ in length (months, daylight saving).
CREATE OR REPLACE FUNCTION compat.next_bucket(p_bucket_expression text, p_width interval, p_bucket timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_next timestamptz;
BEGIN
    EXECUTE format('SELECT %s', p_bucket_expression) INTO v_next USING p_bucket + p_width * 1.5;
    RETURN v_next;
END
$$;
COMMENT ON FUNCTION compat.next_bucket(text, interval, timestamptz) IS 'Start of the bucket after the one that starts at p_bucket.';
REVOKE ALL ON FUNCTION compat.next_bucket(text, interval, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.next_bucket(text, interval, timestamptz) TO millwright;

CREATE OR REPLACE FUNCTION compat.align(p_bucket_expression text, p_width interval, p_period tstzrange, p_outward boolean)
RETURNS tstzrange
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_lower timestamptz := NULLIF(lower(p_period), '-infinity');
    v_upper timestamptz := NULLIF(upper(p_period), 'infinity');
    v_floor timestamptz;
BEGIN
    IF v_lower IS NOT NULL THEN
        EXECUTE format('SELECT %s', p_bucket_expression) INTO v_floor USING v_lower;
        v_lower := CASE WHEN p_outward OR v_floor = v_lower THEN v_floor ELSE compat.next_bucket(p_bucket_expression, p_width, v_floor) END;
    END IF;
    IF v_upper IS NOT NULL THEN
        EXECUTE format('SELECT %s', p_bucket_expression) INTO v_floor USING v_upper;
        v_upper := CASE WHEN NOT p_outward OR v_floor = v_upper THEN v_floor ELSE compat.next_bucket(p_bucket_expression, p_width, v_floor) END;
    END IF;
    IF v_lower >= v_upper THEN
        RETURN 'empty';
    END IF;
    RETURN tstzrange(v_lower, v_upper);
END
$$;
COMMENT ON FUNCTION compat.align(text, interval, tstzrange, boolean) IS 'A period rounded to whole buckets: outward to all that it touches, or inward to those that it holds.';
REVOKE ALL ON FUNCTION compat.align(text, interval, tstzrange, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.align(text, interval, tstzrange, boolean) TO millwright;

-- A bucket that cannot be computed (a value that arithmetic cannot carry) must not take the others along: a statement that fails
-- is tried again with half of its buckets, and again, until the bad one is alone. Ranges on a stack, each in a subtransaction
-- of its own: set-based is what failed. Errors of other classes (locks, disk, a cancelled statement) concern all buckets.
CREATE OR REPLACE FUNCTION compat.compute_buckets(c compat.continuous_aggregate, p_period tstzrange, p_order text,
    OUT newest timestamptz, OUT failed tstzmultirange, OUT problem text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET enable_sort = off
AS $$
DECLARE
    v_stack tstzrange[] := ARRAY[p_period];
    v_range tstzrange;
    v_last timestamptz;
    v_middle timestamptz;
BEGIN
    failed := '{}';
    WHILE v_stack <> '{}' LOOP
        v_range := v_stack[cardinality(v_stack)];
        v_stack := v_stack[:cardinality(v_stack) - 1];
        BEGIN
            EXECUTE format('WITH written AS (INSERT INTO compat.%I SELECT * FROM (%s) AS computed%s RETURNING %I) SELECT max(%4$I) FROM written',
                c.materialization, c.materialize_query, p_order, c.bucket_column)
                INTO v_last USING COALESCE(lower(v_range), '-infinity'), COALESCE(upper(v_range), 'infinity');
            newest := GREATEST(newest, v_last);
        EXCEPTION WHEN data_exception THEN
            IF lower_inf(v_range) OR upper_inf(v_range) THEN
                RAISE;
            END IF;
            EXECUTE format('SELECT %s', c.bucket_expression) INTO v_middle USING lower(v_range) + (upper(v_range) - lower(v_range)) / 2;
            IF v_middle <= lower(v_range) THEN
                v_middle := compat.next_bucket(c.bucket_expression, c.bucket_width, lower(v_range));
            END IF;
            IF v_middle < upper(v_range) THEN
                v_stack := v_stack || tstzrange(v_middle, upper(v_range)) || tstzrange(lower(v_range), v_middle);
            ELSE
                failed := failed + tstzmultirange(v_range);
                problem := COALESCE(problem, format('%s: %s', SQLSTATE, SQLERRM));
            END IF;
        END;
    END LOOP;
END
$$;
COMMENT ON FUNCTION compat.compute_buckets(compat.continuous_aggregate, tstzrange, text) IS
    'Computes the buckets of a period (none of them is there; order: an ORDER BY clause to write them in, or nothing) and returns the newest, those that could not be computed, and why the first of them could not.';
REVOKE ALL ON FUNCTION compat.compute_buckets(compat.continuous_aggregate, tstzrange, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.compute_buckets(compat.continuous_aggregate, tstzrange, text) TO millwright;

-- Finished buckets of long ago get wide chunks where the source has wide ones: a chunk for every so many days of twenty years,
-- each with a handful of rows, is what the source was spared.
CREATE OR REPLACE FUNCTION compat.widen_chunks(p_materialization regclass, p_source_width interval, p_batch tstzrange)
RETURNS interval
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_usual interval;
    v_width numeric;
    v_unit numeric;
    v_last numeric := extract(epoch FROM upper(p_batch));
BEGIN
    SELECT d.time_interval INTO STRICT v_usual
    FROM timescaledb_information.dimensions AS d
    JOIN pg_class AS c ON c.relname = d.hypertable_name
    JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = d.hypertable_schema
    WHERE c.oid = p_materialization AND d.dimension_number = 1;
    v_unit := extract(epoch FROM v_usual);
    v_width := v_unit;
    -- doubled while it is no wider than the source's, and while the chunk ends before the one that now falls into
    WHILE v_width * 2 <= extract(epoch FROM p_source_width) AND ceil(v_last / (v_width * 2)) * v_width * 2 <= floor(extract(epoch FROM now()) / v_unit) * v_unit LOOP
        v_width := v_width * 2;
    END LOOP;
    IF v_width = v_unit THEN
        RETURN NULL;
    END IF;
    PERFORM public.set_chunk_time_interval(p_materialization, make_interval(secs => v_width::float8));
    RETURN v_usual;
END
$$;
COMMENT ON FUNCTION compat.widen_chunks(regclass, interval, tstzrange) IS
    'Makes new chunks of a table of finished buckets wide in this transaction, if the batch is old and its source lies in wide chunks. Returns the interval to set again before the commit, NULL: nothing was changed.';
REVOKE ALL ON FUNCTION compat.widen_chunks(regclass, interval, tstzrange) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.widen_chunks(regclass, interval, tstzrange) TO millwright;

-- As compat.align outward of each range, in one statement: history may bring thousands.
CREATE OR REPLACE FUNCTION compat.align_all(p_bucket_expression text, p_width interval, p_periods tstzmultirange)
RETURNS tstzmultirange
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_aligned tstzmultirange;
BEGIN
    EXECUTE format('SELECT range_agg(tstzrange(%s, CASE WHEN %s = b.upper THEN b.upper ELSE %s END))
        FROM (SELECT NULLIF(lower(r), ''-infinity'') AS lower, NULLIF(upper(r), ''infinity'') AS upper FROM unnest($1) AS r) AS b',
        replace(p_bucket_expression, '$1', 'b.lower'), replace(p_bucket_expression, '$1', 'b.upper'),
        replace(p_bucket_expression, '$1', format('%s + %L::interval', replace(p_bucket_expression, '$1', 'b.upper'), p_width * 1.5)))
        INTO v_aligned USING p_periods;
    RETURN v_aligned;
END
$$;
COMMENT ON FUNCTION compat.align_all(text, interval, tstzmultirange) IS 'Periods rounded outward to whole buckets; NULL for none.';
REVOKE ALL ON FUNCTION compat.align_all(text, interval, tstzmultirange) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.align_all(text, interval, tstzmultirange) TO millwright;

-- What a refresh can compute: times of which the source has a chunk. A range without one holds no data now: retention dropped it, so its
-- buckets stay; or there never was any.
-- drop_chunks tells nobody. But a chunk that is made again, for a late row, has another name: so one that was dropped, and whose
-- buckets hold more than the late row, can be told from one that is new.
CREATE OR REPLACE FUNCTION compat.note_dropped(p_source_id int)
RETURNS tstzmultirange
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH present AS (
        SELECT k.chunk_name AS chunk, tstzrange(k.range_start, k.range_end) AS period
        FROM compat.source AS s
        JOIN pg_class AS r ON r.oid = s.relation
        JOIN pg_namespace AS n ON n.oid = r.relnamespace
        JOIN timescaledb_information.chunks AS k ON k.hypertable_schema = n.nspname AND k.hypertable_name = r.relname
        WHERE s.source_id = p_source_id
    ),
    seen AS (
        INSERT INTO compat.source_chunk (source_id, chunk, period)
        SELECT p_source_id, p.chunk, p.period FROM present AS p
        WHERE NOT EXISTS (SELECT FROM compat.source_chunk AS c WHERE c.source_id = p_source_id AND c.chunk = p.chunk)
        ON CONFLICT (source_id, chunk) DO NOTHING
    ),
    gone AS (
        DELETE FROM compat.source_chunk AS c
        WHERE c.source_id = p_source_id AND NOT EXISTS (SELECT FROM present AS p WHERE p.chunk = c.chunk)
        RETURNING c.period
    ),
    noted AS (
        UPDATE compat.source AS s SET dropped = s.dropped + g.periods
        FROM (SELECT range_agg(g.period) AS periods FROM gone AS g) AS g
        WHERE s.source_id = p_source_id AND g.periods IS NOT NULL
        RETURNING s.dropped
    )
    SELECT COALESCE((SELECT n.dropped FROM noted AS n), (SELECT s.dropped FROM compat.source AS s WHERE s.source_id = p_source_id))
$$;
COMMENT ON FUNCTION compat.note_dropped(int) IS
    'Notices which chunks of a source were dropped since the last call and returns all times that were (compat.source.dropped). Part of each refresh.';
REVOKE ALL ON FUNCTION compat.note_dropped(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.note_dropped(int) TO millwright;

CREATE OR REPLACE FUNCTION compat.present(c compat.continuous_aggregate, s compat.source)
RETURNS tstzmultirange
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT COALESCE(compat.align_all(c.bucket_expression, c.bucket_width, range_agg(tstzrange(k.range_start, k.range_end))), '{}')
        - COALESCE(compat.align_all(c.bucket_expression, c.bucket_width, s.dropped), '{}')
    FROM timescaledb_information.chunks AS k
    JOIN pg_class AS r ON r.relname = k.hypertable_name
    JOIN pg_namespace AS n ON n.oid = r.relnamespace AND n.nspname = k.hypertable_schema
    WHERE r.oid = s.relation
$$;
COMMENT ON FUNCTION compat.present(compat.continuous_aggregate, compat.source) IS 'The buckets of an aggregate whose source has chunks, and had no others that were dropped, so that they can be computed.';
REVOKE ALL ON FUNCTION compat.present(compat.continuous_aggregate, compat.source) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.present(compat.continuous_aggregate, compat.source) TO millwright;

-- Notes that name a key: the groups of that key in the noted buckets, and no others. One statement computes thousands of them: each is an
-- index range of the source. What cannot be done so (a bucket that very many keys touched, one that cannot be computed) is noted again
-- for all keys, and compat.materialize goes on with it.
CREATE OR REPLACE FUNCTION compat.materialize_keys(c compat.continuous_aggregate, s compat.source, p_window tstzrange,
    OUT newest timestamptz, OUT is_more boolean)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- work of one call: notes that are taken, and buckets of a key that are computed
    c_notes CONSTANT int := 20000;
    c_buckets CONSTANT int := 100000;
    v_periods tstzrange[];
    v_keys text[];
    v_work_periods tstzrange[];
    v_work_keys text[];
    v_whole tstzmultirange;
    v_dense tstzmultirange;
    v_table regclass := format('compat.%I', c.materialization);
    v_type text;
    v_usual interval;
    v_part record;
    v_cut timestamptz;
    v_newest timestamptz;
BEGIN
    is_more := false;
    WITH taken AS (
        DELETE FROM compat.invalidation WHERE ctid = ANY (ARRAY(
            SELECT i.ctid FROM compat.invalidation AS i
            WHERE i.continuous_aggregate_id = c.continuous_aggregate_id AND i.key IS NOT NULL AND i.period && p_window
            ORDER BY lower(i.period) NULLS FIRST LIMIT c_notes))
        RETURNING period, key
    )
    SELECT array_agg(period), array_agg(key), count(*) = c_notes INTO v_periods, v_keys, is_more FROM taken;
    IF v_periods IS NULL THEN
        is_more := false;
        RETURN;
    END IF;
    -- buckets that are noted for all keys anyway
    SELECT COALESCE(compat.align_all(c.bucket_expression, c.bucket_width, range_agg(i.period)), '{}') INTO v_whole FROM compat.invalidation AS i
    WHERE i.continuous_aggregate_id = c.continuous_aggregate_id AND i.key IS NULL;

    -- whole buckets of each key, and what lies outside of the window goes back to the log
    EXECUTE format($sql$
        WITH noted AS MATERIALIZED (
            SELECT n.key, range_agg(tstzrange(%1$s, CASE WHEN %2$s = n.upper THEN n.upper ELSE %3$s END)) AS periods
            FROM (SELECT u.key, lower(u.period) AS lower, upper(u.period) AS upper FROM unnest($1, $2) AS u (period, key)) AS n
            GROUP BY n.key
        ), back AS (
            INSERT INTO compat.invalidation (continuous_aggregate_id, period, key)
            SELECT $3, r, n.key FROM noted AS n CROSS JOIN LATERAL unnest(n.periods - tstzmultirange($4) - $5) AS r
        )
        SELECT array_agg(r), array_agg(n.key) FROM noted AS n CROSS JOIN LATERAL unnest(n.periods * tstzmultirange($4) * $6 - $5) AS r$sql$,
        replace(c.bucket_expression, '$1', 'n.lower'), replace(c.bucket_expression, '$1', 'n.upper'),
        replace(c.bucket_expression, '$1', format('%s + %L::interval', replace(c.bucket_expression, '$1', 'n.upper'), c.bucket_width * 1.5)))
        INTO v_work_periods, v_work_keys
        USING v_periods, v_keys, c.continuous_aggregate_id, p_window, v_whole, compat.present(c, s);

    -- where very many keys touched the same buckets
    SELECT COALESCE(range_agg(tstzrange(d.at, d.next)) FILTER (WHERE d.depth > compat.most_keys()), '{}') INTO v_dense
    FROM (
        SELECT e.at, lead(e.at) OVER (ORDER BY e.at) AS next, sum(sum(e.step)) OVER (ORDER BY e.at) AS depth
        FROM (SELECT lower(p) AS at, 1 AS step FROM unnest(v_work_periods) AS p UNION ALL SELECT upper(p), -1 FROM unnest(v_work_periods) AS p) AS e
        GROUP BY e.at
    ) AS d
    WHERE d.at < d.next;
    IF v_dense <> '{}' THEN
        INSERT INTO compat.invalidation (continuous_aggregate_id, period) SELECT c.continuous_aggregate_id, r FROM unnest(v_dense) AS r;
    END IF;

    -- as many as one call does, in ascending order
    WITH work AS (
        SELECT r AS period, w.key, sum(extract(epoch FROM upper(r) - lower(r)) / extract(epoch FROM c.bucket_width)) OVER (ORDER BY lower(r), w.key) AS buckets,
            row_number() OVER (ORDER BY lower(r), w.key) AS place
        FROM unnest(v_work_periods, v_work_keys) AS w (period, key) CROSS JOIN LATERAL unnest(tstzmultirange(w.period) - v_dense) AS r
    ), back AS (
        INSERT INTO compat.invalidation (continuous_aggregate_id, period, key)
        SELECT c.continuous_aggregate_id, w.period, w.key FROM work AS w WHERE w.buckets > c_buckets AND w.place > 1
        RETURNING 1
    )
    SELECT array_agg(w.period ORDER BY w.place) FILTER (WHERE w.buckets <= c_buckets OR w.place = 1),
        array_agg(w.key ORDER BY w.place) FILTER (WHERE w.buckets <= c_buckets OR w.place = 1),
        is_more OR EXISTS (SELECT FROM back)
    INTO v_work_periods, v_work_keys, is_more FROM work AS w;
    IF v_work_periods IS NULL THEN
        RETURN;
    END IF;
    -- one key's years by the minute
    v_cut := compat.next_bucket(c.bucket_expression, c.bucket_width, lower(v_work_periods[1]) + c.bucket_width * c_buckets);
    IF v_cut < upper(v_work_periods[1]) THEN
        INSERT INTO compat.invalidation (continuous_aggregate_id, period, key)
        VALUES (c.continuous_aggregate_id, tstzrange(v_cut, upper(v_work_periods[1])), v_work_keys[1]);
        v_work_periods[1] := tstzrange(lower(v_work_periods[1]), v_cut);
        is_more := true;
    END IF;

    SELECT format_type(a.atttypid, NULL) INTO STRICT v_type FROM pg_attribute AS a WHERE a.attrelid = v_table AND a.attname = c.key_column;
    SELECT d.time_interval INTO STRICT v_usual
    FROM timescaledb_information.dimensions AS d
    JOIN pg_class AS r ON r.relname = d.hypertable_name
    JOIN pg_namespace AS n ON n.oid = r.relnamespace AND n.nspname = d.hypertable_schema
    WHERE r.oid = v_table AND d.dimension_number = 1;
    -- One part for each wide chunk of the source, because new chunks of finished buckets are made wide there, and one for the rest.
    FOR v_part IN
        SELECT k.width, array_agg(lower(w.period)) AS froms, array_agg(upper(w.period)) AS tos, array_agg(w.key) AS keys,
            min(lower(w.period)) AS begins, max(upper(w.period)) AS ends
        FROM unnest(v_work_periods, v_work_keys) AS w (period, key)
        LEFT JOIN (
            SELECT k.range_start, k.range_end, k.range_end - k.range_start AS width
            FROM timescaledb_information.chunks AS k
            JOIN pg_class AS r ON r.relname = k.hypertable_name
            JOIN pg_namespace AS n ON n.oid = r.relnamespace AND n.nspname = k.hypertable_schema
            WHERE r.oid = s.relation AND k.range_end - k.range_start > v_usual
        ) AS k ON lower(w.period) >= k.range_start AND lower(w.period) < k.range_end
        GROUP BY k.width, k.range_start
        ORDER BY min(lower(w.period))
    LOOP
        IF v_part.width IS NOT NULL THEN
            PERFORM compat.widen_chunks(v_table, v_part.width, tstzrange(v_part.begins, v_part.ends));
        END IF;
        EXECUTE format('DELETE FROM %s AS m USING unnest($3::timestamptz[], $4::timestamptz[], $5::%s[]) AS work ("from", "to", key)
            WHERE m.%I = work.key AND m.%I >= work."from" AND m.%4$I < work."to" AND m.%4$I >= $1 AND m.%4$I < $2',
            v_table, v_type, c.key_column, c.bucket_column)
            USING v_part.begins, v_part.ends, v_part.froms, v_part.tos, v_part.keys;
        BEGIN
            EXECUTE format('WITH written AS (INSERT INTO %s SELECT computed.* FROM unnest($3::timestamptz[], $4::timestamptz[], $5::%s[]) AS work ("from", "to", key)
                CROSS JOIN LATERAL (%s) AS computed RETURNING %I) SELECT max(%4$I) FROM written', v_table, v_type, c.keyed_query, c.bucket_column)
                INTO v_newest USING v_part.begins, v_part.ends, v_part.froms, v_part.tos, v_part.keys;
            newest := GREATEST(newest, v_newest);
        EXCEPTION WHEN data_exception THEN
            INSERT INTO compat.invalidation (continuous_aggregate_id, period)
            SELECT c.continuous_aggregate_id, unnest(range_agg(w.period)) FROM unnest(v_work_periods) AS w (period)
            WHERE w.period && tstzrange(v_part.begins, v_part.ends);
        END;
        IF v_part.width IS NOT NULL THEN
            PERFORM public.set_chunk_time_interval(v_table, v_usual);
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION compat.materialize_keys(compat.continuous_aggregate, compat.source, tstzrange) IS
    'Computes the noted groups of single keys in a window again and returns the newest bucket that was written, and whether there are more such notes than one call does. Called by compat.materialize.';
REVOKE ALL ON FUNCTION compat.materialize_keys(compat.continuous_aggregate, compat.source, tstzrange) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.materialize_keys(compat.continuous_aggregate, compat.source, tstzrange) TO millwright;

CREATE OR REPLACE FUNCTION compat.materialize(p_continuous_aggregate_id int, p_from timestamptz, p_to timestamptz,
    p_force boolean DEFAULT false, p_after timestamptz DEFAULT '-infinity')
RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Groups are few and rows are many, but their number cannot be estimated through time_bucket: a planned sort spills a minute of
-- 60,000 rows/s to disk (5.6 s), hashing needs less than a megabyte (3.4 s).
SET enable_sort = off
AS $$
DECLARE
    -- Work of one call, so that a refresh of years commits as it goes: by how much data there is, not by the calendar. So many buckets,
    -- or as many chunks of the source as this many bytes hold.
    c_batch_buckets CONSTANT int := 1440;
    c_batch_ranges CONSTANT int := 20000;
    c_batch_bytes CONSTANT bigint := 16 << 20;
    -- reading a range by itself costs as much as reading so much of the source in passing
    c_range_bytes CONSTANT bigint := 2 << 20;
    -- looks no further ahead than so many chunks
    c_batch_chunks CONSTANT int := 100;
    v_bytes numeric;
    v_known_to timestamptz;
    v_source_width interval;
    v_usual interval;
    v_order text;
    c compat.continuous_aggregate;
    s compat.source;
    v_window tstzrange;
    v_taken tstzmultirange;
    v_wiped tstzmultirange;
    v_todo tstzmultirange;
    v_work tstzmultirange;
    v_present tstzmultirange;
    v_left tstzmultirange;
    v_batch tstzmultirange;
    v_cut timestamptz;
    v_range tstzrange;
    v_watermark timestamptz;
    v_computed record;
    v_keyed record;
    v_failed tstzmultirange := '{}';
    v_problem text;
BEGIN
    -- one at a time per aggregate; statements after this one have a snapshot that is newer than the previous refresh
    SELECT * INTO STRICT c FROM compat.continuous_aggregate WHERE continuous_aggregate_id = p_continuous_aggregate_id FOR NO KEY UPDATE;
    SELECT * INTO STRICT s FROM compat.source WHERE source_id = c.source_id;
    s.dropped := compat.note_dropped(c.source_id);
    v_window := compat.align(c.bucket_expression, c.bucket_width, tstzrange(GREATEST(p_from, p_after), LEAST(p_to, c.threshold)), false);
    IF isempty(v_window) OR c.threshold = '-infinity' THEN
        RETURN NULL;
    END IF;

    IF c.key_column IS NOT NULL AND NOT p_force THEN
        v_keyed := compat.materialize_keys(c, s, v_window);
    ELSE
        SELECT NULL::timestamptz AS newest, false AS is_more INTO v_keyed;
    END IF;

    -- The log first, the data afterwards: a change and its note commit together, so what is taken here is seen below.
    -- The earliest of them only, if they are very many.
    WITH taken AS (
        DELETE FROM compat.invalidation WHERE ctid = ANY (ARRAY(
            SELECT i.ctid FROM compat.invalidation AS i
            WHERE i.continuous_aggregate_id = p_continuous_aggregate_id AND i.period && v_window AND (i.key IS NULL OR p_force)
            ORDER BY lower(i.period) NULLS FIRST LIMIT c_batch_ranges))
        RETURNING period, wiped
    )
    SELECT range_agg(period), COALESCE(range_agg(period) FILTER (WHERE wiped), '{}'),
           CASE WHEN count(*) = c_batch_ranges THEN max(lower(period)) END
    INTO v_taken, v_wiped, v_known_to FROM taken;
    IF p_force THEN
        v_taken := COALESCE(v_taken, '{}') + tstzmultirange(v_window);
    END IF;
    v_taken := COALESCE(v_taken, '{}');
    IF v_taken = '{}' AND v_keyed.newest IS NULL THEN
        RETURN CASE WHEN v_keyed.is_more THEN p_after END;
    END IF;
    v_todo := COALESCE(compat.align_all(c.bucket_expression, c.bucket_width, v_taken), '{}') * tstzmultirange(v_window);

    IF v_todo <> '{}' THEN
        v_present := compat.present(c, s);
    ELSE
        v_present := '{}';
    END IF;
    v_work := v_todo * v_present;

    -- this call's part, in ascending order; the rest goes back to the log
    SELECT greatest(lower(v_work) + c.bucket_width * c_batch_buckets,
               max(k.range_end) FILTER (WHERE k.bytes_so_far <= c_batch_bytes),
               lower(v_work) + min((k.range_end - k.range_start) * (c_batch_bytes::float8 / k.bytes)) FILTER (WHERE k.place = 1 AND k.bytes > c_batch_bytes)),
           max(k.range_end - k.range_start)
    INTO v_cut, v_source_width
    FROM (
        SELECT k.*, sum(k.bytes) OVER (ORDER BY k.range_start) AS bytes_so_far, row_number() OVER (ORDER BY k.range_start) AS place
        FROM (
            SELECT k.range_start, k.range_end, pg_relation_size(format('%I.%I', k.chunk_schema, k.chunk_name)::regclass) AS bytes
            FROM timescaledb_information.chunks AS k
            JOIN pg_class AS r ON r.relname = k.hypertable_name
            JOIN pg_namespace AS n ON n.oid = r.relnamespace AND n.nspname = k.hypertable_schema
            WHERE r.oid = s.relation AND k.range_end > lower(v_work)
            ORDER BY k.range_start LIMIT c_batch_chunks
        ) AS k
    ) AS k;
    -- not beyond what was taken out of the log, unless all of that begins in one bucket
    IF v_known_to IS NOT NULL THEN
        v_known_to := lower(compat.align(c.bucket_expression, c.bucket_width, tstzrange(v_known_to, NULL), true));
        v_cut := CASE WHEN v_known_to > lower(v_work) THEN least(v_cut, v_known_to) ELSE coalesce(v_cut, v_known_to + c.bucket_width) END;
    END IF;
    IF v_cut < upper(v_work) OR v_known_to IS NOT NULL THEN
        v_cut := lower(compat.align(c.bucket_expression, c.bucket_width, tstzrange(v_cut, NULL), false));
        v_batch := v_work * tstzmultirange(tstzrange(NULL, v_cut));
        v_left := v_taken - (tstzmultirange(v_window) * tstzmultirange(tstzrange(NULL, v_cut)));
    ELSE
        v_cut := NULL;
        v_batch := v_work;
        v_left := v_taken - tstzmultirange(v_window);
    END IF;
    INSERT INTO compat.invalidation (continuous_aggregate_id, period, wiped)
    SELECT p_continuous_aggregate_id, r, true FROM unnest(v_left * v_wiped) AS r
    UNION ALL
    SELECT p_continuous_aggregate_id, r, false FROM unnest(v_left - v_wiped) AS r;

    -- many small ranges in little data: all that lies between them is computed again in one go
    IF (SELECT count(*) FROM unnest(v_batch)) > 1 THEN
        SELECT sum(pg_relation_size(format('%I.%I', k.chunk_schema, k.chunk_name)::regclass)
                   * least(1, extract(epoch FROM upper(v_batch) - lower(v_batch)) / extract(epoch FROM k.range_end - k.range_start)))
        INTO v_bytes
        FROM timescaledb_information.chunks AS k
        JOIN pg_class AS r ON r.relname = k.hypertable_name
        JOIN pg_namespace AS n ON n.oid = r.relnamespace AND n.nspname = k.hypertable_schema
        WHERE r.oid = s.relation AND k.range_end > lower(v_batch) AND k.range_start < upper(v_batch);
        IF v_bytes <= (SELECT count(*) FROM unnest(v_batch)) * c_range_bytes THEN
            v_batch := tstzmultirange(range_merge(v_batch)) * v_present * tstzmultirange(v_window);
        END IF;
    END IF;
    IF v_batch <> '{}' THEN
        v_usual := compat.widen_chunks(format('compat.%I', c.materialization)::regclass, v_source_width, range_merge(v_batch));
    END IF;
    FOR v_range IN
        SELECT unnest(v_batch + (v_wiped * v_todo * CASE WHEN v_cut IS NULL THEN '{(,)}' ELSE tstzmultirange(tstzrange(NULL, v_cut)) END))
    LOOP
        EXECUTE format('DELETE FROM compat.%I WHERE %I >= $1 AND %2$I < $2', c.materialization, c.bucket_column)
            USING COALESCE(lower(v_range), '-infinity'), COALESCE(upper(v_range), 'infinity');
    END LOOP;
    -- Sparse buckets of a long time are read by sensor: in the order of the key they lie side by side (20 years of days of ten
    -- sensors: 3,000 pages instead of 53,000).
    IF upper(v_batch) - lower(v_batch) > c.bucket_width * c_batch_buckets THEN
        SELECT ' ORDER BY ' || string_agg(quote_ident(a.attname), ', ' ORDER BY k.place) INTO STRICT v_order
        FROM pg_index AS i
        CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE i.indrelid = format('compat.%I', c.materialization)::regclass AND i.indisunique;
    END IF;
    FOR v_range IN SELECT unnest(v_batch) LOOP
        v_computed := compat.compute_buckets(c, v_range, v_order);
        v_watermark := GREATEST(v_watermark, v_computed.newest);
        v_failed := v_failed + v_computed.failed;
        v_problem := COALESCE(v_problem, v_computed.problem);
    END LOOP;
    IF v_usual IS NOT NULL THEN
        PERFORM public.set_chunk_time_interval(format('compat.%I', c.materialization)::regclass, v_usual);
    END IF;
    IF v_failed <> '{}' THEN
        -- Tried again by every refresh. Behind the watermark it is merely missing; before it, the view would compute it and fail.
        INSERT INTO compat.invalidation (continuous_aggregate_id, period) SELECT p_continuous_aggregate_id, r FROM unnest(v_failed) AS r;
        v_watermark := GREATEST(v_watermark, upper(v_failed) - c.bucket_width);
        PERFORM set_config('millwright.job_failure', format('%s (%s.%s, the buckets of %s)', v_problem, c.view_schema, c.view_name,
            (SELECT string_agg(r::text, ', ') FROM (SELECT r FROM unnest(v_failed) AS r LIMIT 10) AS x (r))), true);
    END IF;

    -- a single key's newest bucket ends what is finished only where nothing before it waits
    IF v_keyed.newest >= c.watermark AND NOT EXISTS (
        SELECT FROM compat.invalidation AS i
        WHERE i.continuous_aggregate_id = p_continuous_aggregate_id AND (lower(i.period) <= v_keyed.newest OR lower_inf(i.period))) THEN
        v_watermark := GREATEST(v_watermark, v_keyed.newest);
    END IF;
    v_watermark := compat.next_bucket(c.bucket_expression, c.bucket_width, v_watermark);
    IF v_watermark > c.watermark THEN
        UPDATE compat.continuous_aggregate SET watermark = v_watermark WHERE continuous_aggregate_id = p_continuous_aggregate_id;
        PERFORM compat.define_watermark(p_continuous_aggregate_id);
    END IF;
    RETURN CASE WHEN v_keyed.is_more THEN p_after ELSE v_cut END;
END
$$;
COMMENT ON FUNCTION compat.materialize(int, timestamptz, timestamptz, boolean, timestamptz) IS
    'Step 2 of a refresh: computes the invalidated buckets of the window again, at most a batch of them from p_after on. Returns where to go on, NULL when the window is done. p_force takes the whole window. Buckets that cannot be computed are left out, stay invalid, and are named in the setting millwright.job_failure of the transaction.';
REVOKE ALL ON FUNCTION compat.materialize(int, timestamptz, timestamptz, boolean, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.materialize(int, timestamptz, timestamptz, boolean, timestamptz) TO millwright, admin;

CREATE OR REPLACE FUNCTION compat.find_continuous_aggregate(p_view regclass)
RETURNS int
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id int;
BEGIN
    SELECT c.continuous_aggregate_id INTO v_id
    FROM compat.continuous_aggregate AS c
    JOIN pg_namespace AS n ON n.nspname = c.view_schema
    JOIN pg_class AS r ON r.relnamespace = n.oid AND r.relname = c.view_name
    WHERE r.oid = p_view;
    IF v_id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format('relation "%s" is not a continuous aggregate', p_view);
    END IF;
    RETURN v_id;
END
$$;
COMMENT ON FUNCTION compat.find_continuous_aggregate(regclass) IS 'Id of the continuous aggregate behind a view; MW404 when it is none.';
REVOKE ALL ON FUNCTION compat.find_continuous_aggregate(regclass) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.find_continuous_aggregate(regclass) TO millwright, admin;

-- It commits, so it can have neither a SET clause nor SECURITY DEFINER: every name below is qualified.
-- Names and signature are those of Community; there the bounds are of type "any", which no SQL function may take, so there is
-- one for typed bounds and one for bare literals and NULL.
CREATE OR REPLACE PROCEDURE compat.refresh_continuous_aggregate(continuous_aggregate regclass, window_start timestamptz, window_end timestamptz,
    force boolean DEFAULT false)
LANGUAGE plpgsql
AS $$
DECLARE
    v_id int := compat.find_continuous_aggregate(continuous_aggregate);
    v_from timestamptz := COALESCE(window_start, '-infinity');
    v_to timestamptz := COALESCE(window_end, 'infinity');
    v_after timestamptz := '-infinity';
    v_failure text;
BEGIN
    IF v_from >= v_to THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = 'refresh window is empty', COLUMN = 'window_end';
    END IF;
    PERFORM compat.advance_threshold(v_id, v_to, INTERVAL '1 second', true);
    COMMIT;
    LOOP
        v_after := compat.materialize(v_id, v_from, v_to, force, v_after);
        v_failure := COALESCE(v_failure, NULLIF(current_setting('millwright.job_failure', true), ''));
        COMMIT;
        EXIT WHEN v_after IS NULL;
    END LOOP;
    IF v_failure IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = split_part(v_failure, ': ', 1), MESSAGE = substr(v_failure, 8),
            HINT = 'all other buckets are refreshed';
    END IF;
END
$$;
COMMENT ON PROCEDURE compat.refresh_continuous_aggregate(regclass, timestamptz, timestamptz, boolean) IS
    'Brings the buckets that lie wholly in the window up to date; NULL: no bound. Commits, so it cannot run inside a transaction block.';
REVOKE ALL ON PROCEDURE compat.refresh_continuous_aggregate(regclass, timestamptz, timestamptz, boolean) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE compat.refresh_continuous_aggregate(regclass, timestamptz, timestamptz, boolean) TO millwright, admin;

CREATE OR REPLACE PROCEDURE compat.refresh_continuous_aggregate(continuous_aggregate regclass, window_start text, window_end text,
    force boolean DEFAULT false)
LANGUAGE plpgsql
AS $$
BEGIN
    CALL compat.refresh_continuous_aggregate(continuous_aggregate, window_start::timestamptz, window_end::timestamptz, force);
END
$$;
COMMENT ON PROCEDURE compat.refresh_continuous_aggregate(regclass, text, text, boolean) IS
    'As the one with timestamptz bounds, for bounds that are bare literals or NULL.';
REVOKE ALL ON PROCEDURE compat.refresh_continuous_aggregate(regclass, text, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE compat.refresh_continuous_aggregate(regclass, text, text, boolean) TO millwright, admin;
