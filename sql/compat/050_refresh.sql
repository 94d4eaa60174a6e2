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
            PERFORM pg_advisory_xact_lock(compat.threshold_lock_class(), c.source_id);
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
    -- work of one call, so that a refresh of years commits as it goes
    c_batch_buckets CONSTANT int := 1440;
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
    v_last timestamptz;
    v_watermark timestamptz;
BEGIN
    -- one at a time per aggregate; statements after this one have a snapshot that is newer than the previous refresh
    SELECT * INTO STRICT c FROM compat.continuous_aggregate WHERE continuous_aggregate_id = p_continuous_aggregate_id FOR NO KEY UPDATE;
    SELECT * INTO STRICT s FROM compat.source WHERE source_id = c.source_id;
    v_window := compat.align(c.bucket_expression, c.bucket_width, tstzrange(GREATEST(p_from, p_after), LEAST(p_to, c.threshold)), false);
    IF isempty(v_window) OR c.threshold = '-infinity' THEN
        RETURN NULL;
    END IF;

    -- The log first, the data afterwards: a change and its note commit together, so what is taken here is seen below.
    WITH taken AS (
        DELETE FROM compat.invalidation WHERE continuous_aggregate_id = p_continuous_aggregate_id AND period && v_window RETURNING period, wiped
    )
    SELECT range_agg(period), COALESCE(range_agg(period) FILTER (WHERE wiped), '{}') INTO v_taken, v_wiped FROM taken;
    IF p_force THEN
        v_taken := COALESCE(v_taken, '{}') + tstzmultirange(v_window);
    END IF;
    IF v_taken IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT range_agg(compat.align(c.bucket_expression, c.bucket_width, r, true)) * tstzmultirange(v_window) INTO v_todo FROM unnest(v_taken) AS r;

    -- A range without a chunk holds no data now: retention dropped it, so its buckets stay; or there never was any.
    SELECT COALESCE(range_agg(compat.align(c.bucket_expression, c.bucket_width, tstzrange(k.range_start, k.range_end), true)), '{}')
        - tstzmultirange(tstzrange(NULL, NULLIF(s.dropped_before, '-infinity')))
            * CASE WHEN isfinite(s.dropped_before) THEN '{(,)}'::tstzmultirange ELSE '{}' END
    INTO v_present
    FROM timescaledb_information.chunks AS k
    JOIN pg_class AS r ON r.relname = k.hypertable_name
    JOIN pg_namespace AS n ON n.oid = r.relnamespace AND n.nspname = k.hypertable_schema
    WHERE r.oid = s.relation;
    v_work := v_todo * v_present;

    -- this call's part, in ascending order; the rest goes back to the log
    v_cut := lower(v_work) + c.bucket_width * c_batch_buckets;
    IF v_cut < upper(v_work) THEN
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

    FOR v_range IN
        SELECT unnest(v_batch + (v_wiped * v_todo * CASE WHEN v_cut IS NULL THEN '{(,)}' ELSE tstzmultirange(tstzrange(NULL, v_cut)) END))
    LOOP
        EXECUTE format('DELETE FROM compat.%I WHERE %I >= $1 AND %2$I < $2', c.materialization, c.bucket_column)
            USING COALESCE(lower(v_range), '-infinity'), COALESCE(upper(v_range), 'infinity');
    END LOOP;
    FOR v_range IN SELECT unnest(v_batch) LOOP
        EXECUTE format('WITH written AS (INSERT INTO compat.%I %s RETURNING %I) SELECT max(%3$I) FROM written',
            c.materialization, c.materialize_query, c.bucket_column)
            INTO v_last USING COALESCE(lower(v_range), '-infinity'), COALESCE(upper(v_range), 'infinity');
        v_watermark := GREATEST(v_watermark, v_last);
    END LOOP;

    v_watermark := compat.next_bucket(c.bucket_expression, c.bucket_width, v_watermark);
    IF v_watermark > c.watermark THEN
        UPDATE compat.continuous_aggregate SET watermark = v_watermark WHERE continuous_aggregate_id = p_continuous_aggregate_id;
        PERFORM compat.define_watermark(p_continuous_aggregate_id);
    END IF;
    RETURN v_cut;
END
$$;
COMMENT ON FUNCTION compat.materialize(int, timestamptz, timestamptz, boolean, timestamptz) IS
    'Step 2 of a refresh: computes the invalidated buckets of the window again, at most a batch of them from p_after on. Returns where to go on, NULL when the window is done. p_force takes the whole window.';
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
BEGIN
    IF v_from >= v_to THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = 'refresh window is empty', COLUMN = 'window_end';
    END IF;
    PERFORM compat.advance_threshold(v_id, v_to, INTERVAL '1 second', true);
    COMMIT;
    LOOP
        v_after := compat.materialize(v_id, v_from, v_to, force, v_after);
        COMMIT;
        EXIT WHEN v_after IS NULL;
    END LOOP;
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
