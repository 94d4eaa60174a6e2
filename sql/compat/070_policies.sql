-- Policies: jobs of these procedures. The argument names are Community's. Offsets are intervals, as our time columns are timestamps.

CREATE OR REPLACE FUNCTION compat.add_policy_job(p_kind text, p_relation regclass, p_config jsonb, p_schedule interval, p_initial_start timestamptz,
    p_if_not_exists boolean)
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_name text := format('%s %s', p_kind, p_relation);
    v_id integer;
    v_config jsonb;
BEGIN
    SELECT job_id, config INTO v_id, v_config FROM ops.job WHERE name = v_name;
    IF FOUND THEN
        IF NOT p_if_not_exists THEN
            RAISE EXCEPTION USING ERRCODE = 'duplicate_object', MESSAGE = format('%s policy already exists for "%s"', p_kind, p_relation);
        END IF;
        IF v_config IS DISTINCT FROM p_config THEN
            RAISE WARNING '% policy of "%" exists with other arguments, left as it is', p_kind, p_relation;
        END IF;
        RETURN -1;
    END IF;
    INSERT INTO ops.job (name, procedure, schedule, next_start, initial_start, fixed_schedule, config, max_runtime, description)
    VALUES (v_name, 'compat.policy_' || p_kind, p_schedule, COALESCE(p_initial_start, now()), p_initial_start, p_initial_start IS NOT NULL, p_config,
        INTERVAL '1 hour', 'Policy, as TimescaleDB Community runs it by itself.')
    RETURNING job_id INTO v_id;
    RETURN v_id;
END
$$;
COMMENT ON FUNCTION compat.add_policy_job(text, regclass, jsonb, interval, timestamptz, boolean) IS 'Registers a policy as a job named after its kind and relation; returns its id, -1 when it exists.';
REVOKE ALL ON FUNCTION compat.add_policy_job(text, regclass, jsonb, interval, timestamptz, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.add_policy_job(text, regclass, jsonb, interval, timestamptz, boolean) TO millwright;

CREATE OR REPLACE FUNCTION compat.remove_policy_job(p_kind text, p_relation regclass, p_if_exists boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM ops.job WHERE name = format('%s %s', p_kind, p_relation);
    IF NOT FOUND THEN
        IF NOT p_if_exists THEN
            RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format('%s policy not found for "%s"', p_kind, p_relation);
        END IF;
        RAISE NOTICE '% policy not found for "%", skipping', p_kind, p_relation;
    END IF;
END
$$;
COMMENT ON FUNCTION compat.remove_policy_job(text, regclass, boolean) IS 'Removes a policy; MW404 when there is none and p_if_exists is false.';
REVOKE ALL ON FUNCTION compat.remove_policy_job(text, regclass, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.remove_policy_job(text, regclass, boolean) TO millwright;

CREATE OR REPLACE FUNCTION compat.add_continuous_aggregate_policy(continuous_aggregate regclass, start_offset interval, end_offset interval,
    schedule_interval interval, if_not_exists boolean DEFAULT false, initial_start timestamptz DEFAULT NULL, timezone text DEFAULT NULL,
    include_tiered_data boolean DEFAULT NULL, buckets_per_batch integer DEFAULT NULL, max_batches_per_execution integer DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id integer := compat.find_continuous_aggregate(continuous_aggregate);
    v_width interval;
BEGIN
    SELECT bucket_width INTO v_width FROM compat.continuous_aggregate AS c WHERE c.continuous_aggregate_id = v_id;
    IF start_offset < COALESCE(end_offset, INTERVAL '0') + v_width * 2 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'policy refresh window too small',
            DETAIL = format('start_offset and end_offset must be at least two buckets (%s) apart', v_width * 2);
    END IF;
    RETURN compat.add_policy_job('refresh_continuous_aggregate', continuous_aggregate,
        jsonb_build_object('continuous_aggregate_id', v_id, 'start_offset', start_offset, 'end_offset', end_offset, 'relation', continuous_aggregate::text),
        schedule_interval, initial_start, if_not_exists);
END
$$;
COMMENT ON FUNCTION compat.add_continuous_aggregate_policy(regclass, interval, interval, interval, boolean, timestamptz, text, boolean, integer, integer) IS
    'Refreshes a continuous aggregate on a schedule, from now − start_offset (NULL: from the beginning) to now − end_offset (NULL: to the newest row). The last four arguments are accepted and unused.';
REVOKE ALL ON FUNCTION compat.add_continuous_aggregate_policy(regclass, interval, interval, interval, boolean, timestamptz, text, boolean, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.add_continuous_aggregate_policy(regclass, interval, interval, interval, boolean, timestamptz, text, boolean, integer, integer) TO millwright;

CREATE OR REPLACE FUNCTION compat.remove_continuous_aggregate_policy(continuous_aggregate regclass, if_not_exists boolean DEFAULT false,
    if_exists boolean DEFAULT NULL)
RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT compat.remove_policy_job('refresh_continuous_aggregate', $1, COALESCE($3, $2)) $$;
COMMENT ON FUNCTION compat.remove_continuous_aggregate_policy(regclass, boolean, boolean) IS 'Stops the scheduled refresh of a continuous aggregate.';
REVOKE ALL ON FUNCTION compat.remove_continuous_aggregate_policy(regclass, boolean, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.remove_continuous_aggregate_policy(regclass, boolean, boolean) TO millwright;

CREATE OR REPLACE FUNCTION compat.add_retention_policy(relation regclass, drop_after interval DEFAULT NULL, if_not_exists boolean DEFAULT false,
    schedule_interval interval DEFAULT NULL, initial_start timestamptz DEFAULT NULL, timezone text DEFAULT NULL, drop_created_before interval DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF drop_after IS NULL OR drop_created_before IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = 'a retention policy needs drop_after; drop_created_before is not available', COLUMN = 'drop_after';
    END IF;
    RETURN compat.add_policy_job('retention', relation, jsonb_build_object('drop_after', drop_after, 'relation', relation::text),
        COALESCE(schedule_interval, INTERVAL '1 day'), initial_start, if_not_exists);
END
$$;
COMMENT ON FUNCTION compat.add_retention_policy(regclass, interval, boolean, interval, timestamptz, text, interval) IS
    'Drops chunks of a hypertable, or finished buckets of a continuous aggregate, that are older than drop_after, daily by default. Aggregates of a hypertable outlive its chunks.';
REVOKE ALL ON FUNCTION compat.add_retention_policy(regclass, interval, boolean, interval, timestamptz, text, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.add_retention_policy(regclass, interval, boolean, interval, timestamptz, text, interval) TO millwright;

CREATE OR REPLACE FUNCTION compat.remove_retention_policy(relation regclass, if_exists boolean DEFAULT false)
RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT compat.remove_policy_job('retention', $1, $2) $$;
COMMENT ON FUNCTION compat.remove_retention_policy(regclass, boolean) IS 'Stops dropping old chunks.';
REVOKE ALL ON FUNCTION compat.remove_retention_policy(regclass, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.remove_retention_policy(regclass, boolean) TO millwright;

-- What cannot be supplied says so and changes nothing, so the same files run on both editions.
CREATE OR REPLACE FUNCTION compat.add_compression_policy(hypertable regclass, compress_after interval DEFAULT NULL, if_not_exists boolean DEFAULT false,
    schedule_interval interval DEFAULT NULL, initial_start timestamptz DEFAULT NULL, timezone text DEFAULT NULL, compress_created_before interval DEFAULT NULL,
    hypercore_use_access_method boolean DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE NOTICE 'compression is not available on the Apache edition of TimescaleDB: "%" stays uncompressed', hypertable;
    RETURN -1;
END
$$;
COMMENT ON FUNCTION compat.add_compression_policy(regclass, interval, boolean, interval, timestamptz, text, interval, boolean) IS 'Not available on this edition: a NOTICE, and -1.';
REVOKE ALL ON FUNCTION compat.add_compression_policy(regclass, interval, boolean, interval, timestamptz, text, interval, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.add_compression_policy(regclass, interval, boolean, interval, timestamptz, text, interval, boolean) TO millwright;

CREATE OR REPLACE FUNCTION compat.remove_compression_policy(hypertable regclass, if_exists boolean DEFAULT false)
RETURNS boolean
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT false $$;
COMMENT ON FUNCTION compat.remove_compression_policy(regclass, boolean) IS 'There is none on this edition: false.';
REVOKE ALL ON FUNCTION compat.remove_compression_policy(regclass, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.remove_compression_policy(regclass, boolean) TO millwright;

CREATE OR REPLACE PROCEDURE compat.add_columnstore_policy(hypertable regclass, after interval DEFAULT NULL, if_not_exists boolean DEFAULT false,
    schedule_interval interval DEFAULT NULL, initial_start timestamptz DEFAULT NULL, timezone text DEFAULT NULL, created_before interval DEFAULT NULL,
    hypercore_use_access_method boolean DEFAULT NULL)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE NOTICE 'the columnstore is not available on the Apache edition of TimescaleDB: "%" stays a row store', hypertable;
END
$$;
COMMENT ON PROCEDURE compat.add_columnstore_policy(regclass, interval, boolean, interval, timestamptz, text, interval, boolean) IS 'Not available on this edition: a NOTICE.';
REVOKE ALL ON PROCEDURE compat.add_columnstore_policy(regclass, interval, boolean, interval, timestamptz, text, interval, boolean) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE compat.add_columnstore_policy(regclass, interval, boolean, interval, timestamptz, text, interval, boolean) TO millwright;

CREATE OR REPLACE PROCEDURE compat.remove_columnstore_policy(hypertable regclass, if_exists boolean DEFAULT false)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN;
END
$$;
COMMENT ON PROCEDURE compat.remove_columnstore_policy(regclass, boolean) IS 'There is none on this edition: nothing to do.';
REVOKE ALL ON PROCEDURE compat.remove_columnstore_policy(regclass, boolean) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE compat.remove_columnstore_policy(regclass, boolean) TO millwright;

-- The runs. In one transaction: compute what earlier runs made ready, then move the threshold for the next one. The lag of one
-- run costs nothing visible, because the view reads the source from the watermark on.
CREATE OR REPLACE PROCEDURE compat.policy_refresh_continuous_aggregate(job_id integer, config jsonb)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- the rest waits for the next run: one transaction must not grow with the backlog
    c_batches CONSTANT int := 30;
    -- nor keep the other jobs waiting
    c_longest CONSTANT interval := INTERVAL '2 seconds';
    v_deadline timestamptz := clock_timestamp() + c_longest;
    v_id int := (config ->> 'continuous_aggregate_id')::int;
    v_from timestamptz := COALESCE(now() - (config ->> 'start_offset')::interval, '-infinity');
    v_to timestamptz := COALESCE(now() - (config ->> 'end_offset')::interval, 'infinity');
    v_after timestamptz := '-infinity';
BEGIN
    FOR batch IN 1 .. c_batches LOOP
        v_after := compat.materialize(v_id, v_from, v_to, false, v_after);
        EXIT WHEN v_after IS NULL OR clock_timestamp() > v_deadline;
    END LOOP;
    PERFORM compat.advance_threshold(v_id, v_to);
END
$$;
COMMENT ON PROCEDURE compat.policy_refresh_continuous_aggregate(integer, jsonb) IS 'Job of add_continuous_aggregate_policy.';
REVOKE ALL ON PROCEDURE compat.policy_refresh_continuous_aggregate(integer, jsonb) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE compat.policy_refresh_continuous_aggregate(integer, jsonb) TO millwright;

CREATE OR REPLACE FUNCTION compat.policy_retention(job_id integer, config jsonb)
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_relation regclass := (config ->> 'relation')::regclass;
    v_before timestamptz := now() - (config ->> 'drop_after')::interval;
    v_after timestamptz;
    v_dropped int;
    v_id int;
    v_end timestamptz;
BEGIN
    -- of an aggregate, the finished buckets are what ages
    SELECT ('compat.' || quote_ident(c.materialization))::regclass INTO v_relation
    FROM (SELECT) AS one
    LEFT JOIN compat.continuous_aggregate AS c ON format('%I.%I', c.view_schema, c.view_name)::regclass = v_relation;
    v_relation := COALESCE(v_relation, (config ->> 'relation')::regclass);
    SELECT max(k.range_end) INTO v_end
    FROM timescaledb_information.chunks AS k
    JOIN pg_class AS r ON r.relname = k.hypertable_name
    JOIN pg_namespace AS n ON n.oid = r.relnamespace AND n.nspname = k.hypertable_schema
    WHERE r.oid = v_relation AND k.range_end <= v_before;
    IF v_end IS NULL THEN
        RETURN 0;
    END IF;
    -- what was noted but not computed yet would be lost with the chunks
    FOR v_id IN
        SELECT c.continuous_aggregate_id FROM compat.continuous_aggregate AS c JOIN compat.source AS s USING (source_id) WHERE s.relation = v_relation
    LOOP
        v_after := '-infinity';
        LOOP
            v_after := compat.materialize(v_id, '-infinity', v_end, false, v_after);
            EXIT WHEN v_after IS NULL;
        END LOOP;
        IF EXISTS (SELECT FROM compat.continuous_aggregate AS c WHERE c.continuous_aggregate_id = v_id AND c.threshold < v_end) THEN
            RAISE EXCEPTION USING ERRCODE = 'MW409',
                MESSAGE = format('chunks of "%s" are not dropped: a continuous aggregate has not taken them in yet', v_relation),
                HINT = 'the refresh policy must reach further than the retention';
        END IF;
    END LOOP;
    SELECT count(*) INTO v_dropped FROM public.drop_chunks(v_relation, v_before);
    RETURN v_dropped;
END
$$;
COMMENT ON FUNCTION compat.policy_retention(integer, jsonb) IS
    'Job of add_retention_policy: finishes the aggregates up to the horizon, then drops the chunks before it and returns how many. MW409 while an aggregate lags behind.';
REVOKE ALL ON FUNCTION compat.policy_retention(integer, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.policy_retention(integer, jsonb) TO millwright;
