-- CREATE MATERIALIZED VIEW … WITH (timescaledb.continuous) cannot be shadowed, so its text is handed over.

-- Splits at a character on the top level: not inside quotes, parentheses or brackets.
CREATE OR REPLACE FUNCTION compat.split_top_level(p_text text, p_separator "char")
RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_token text;
    v_depth int := 0;
    v_part text := '';
    v_parts text[] := '{}';
BEGIN
    -- a token is a quoted string, a dollar-quoted string, a comment, a run of harmless characters, or one character
    FOR v_token IN
        SELECT m[1] FROM regexp_matches(p_text,
            $re$('(?:[^']|'')*'|"(?:[^"]|"")*"|\$\$(?:[^$]|\$(?!\$))*\$\$|--[^\n]*|/\*(?:[^*]|\*(?!/))*\*/|[[:alnum:]_[:space:].]+|.)$re$, 'g') AS m
    LOOP
        IF v_token IN ('(', '[') THEN
            v_depth := v_depth + 1;
        ELSIF v_token IN (')', ']') THEN
            v_depth := v_depth - 1;
        END IF;
        IF v_token = p_separator::text AND v_depth = 0 THEN
            v_parts := v_parts || v_part;
            v_part := '';
        ELSE
            v_part := v_part || v_token;
        END IF;
    END LOOP;
    RETURN v_parts || v_part;
END
$$;
COMMENT ON FUNCTION compat.split_top_level(text, "char") IS 'Splits SQL text at a separator outside quotes, comments and parentheses.';
REVOKE ALL ON FUNCTION compat.split_top_level(text, "char") FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.split_top_level(text, "char") TO millwright;

-- an earlier release returned less
DROP FUNCTION IF EXISTS compat.analyse_query(regclass);
-- Plain grouped queries over one source, as PostgreSQL prints them: everything that is needed to restrict and to key them.
CREATE OR REPLACE FUNCTION compat.analyse_query(p_definition regclass,
    OUT relation regclass, OUT parent_id int, OUT relation_text text, OUT alias text, OUT time_column name,
    OUT bucket_column name, OUT bucket_width interval, OUT bucket_expression text, OUT group_columns name[], OUT key_columns name[], OUT key_sources name[],
    OUT select_part text, OUT from_part text, OUT where_part text, OUT group_part text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_text text := rtrim(pg_get_viewdef(p_definition), ';');
    v_items text[];
    v_names name[];
    v_groups text[];
    v_expression text;
    v_match text[];
    v_count int;
BEGIN
    v_match := regexp_match(v_text, '^ SELECT (.*?)\n   FROM (.*?)(?:\n  WHERE (.*?))?\n  GROUP BY (.*)$');
    IF v_match IS NULL OR v_match[4] ~ '\n  (ORDER BY|LIMIT|WINDOW|UNION|HAVING) ' OR v_match[4] ~* 'GROUPING SETS|ROLLUP|CUBE'
        OR v_text ~ '^ (WITH|SELECT DISTINCT) ' THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = 'unsupported query for a continuous aggregate',
            HINT = 'a plain SELECT … FROM … [WHERE …] GROUP BY … is needed';
    END IF;
    select_part := v_match[1];
    from_part := v_match[2];
    where_part := v_match[3];
    group_part := v_match[4];

    -- the source: the one hypertable or continuous aggregate among the relations that the query reads
    SELECT count(*), min(s.oid::int8)::oid::regclass, min(s.continuous_aggregate_id) INTO v_count, relation, parent_id
    FROM (
        SELECT DISTINCT c.oid, a.continuous_aggregate_id
        FROM pg_rewrite AS w
        JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass
        JOIN pg_class AS c ON c.oid = d.refobjid AND c.oid <> p_definition
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        LEFT JOIN timescaledb_information.hypertables AS h ON h.hypertable_schema = n.nspname AND h.hypertable_name = c.relname
        LEFT JOIN compat.continuous_aggregate AS a ON a.view_schema = n.nspname AND a.view_name = c.relname
        WHERE w.ev_class = p_definition AND (h.hypertable_name IS NOT NULL OR a.view_name IS NOT NULL)
    ) AS s;
    IF v_count <> 1 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = 'a continuous aggregate reads exactly one hypertable or continuous aggregate',
            DETAIL = format('this query reads %s', v_count);
    END IF;
    -- with an empty search path a regclass is printed as the query prints it: qualified
    relation_text := relation::text;
    IF strpos(from_part, relation_text) = 0 OR strpos(substr(from_part, strpos(from_part, relation_text) + 1), relation_text) > 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = 'a continuous aggregate names its source once, on the top level of FROM';
    END IF;
    v_match := regexp_match(substr(from_part, strpos(from_part, relation_text) + length(relation_text)), '^ ("(?:[^"]|"")+"|[a-z_][a-z0-9_$]*)');
    alias := COALESCE(v_match[1], (SELECT quote_ident(relname) FROM pg_class WHERE oid = relation));
    IF parent_id IS NULL THEN
        SELECT d.column_name INTO STRICT time_column
        FROM timescaledb_information.dimensions AS d
        JOIN pg_class AS c ON c.relname = d.hypertable_name
        JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = d.hypertable_schema
        WHERE c.oid = relation AND d.dimension_number = 1;
    ELSE
        SELECT c.bucket_column INTO STRICT time_column
        FROM compat.continuous_aggregate AS c WHERE c.continuous_aggregate_id = analyse_query.parent_id;
    END IF;

    -- output columns that are group keys, and which of them is the bucket
    SELECT array_agg(attname ORDER BY attnum) INTO v_names FROM pg_attribute WHERE attrelid = p_definition AND attnum > 0;
    v_items := compat.split_top_level(select_part, ',');
    v_groups := ARRAY(SELECT regexp_replace(btrim(g, E' \n'), '^\((.*)\)$', '\1') FROM unnest(compat.split_top_level(group_part, ',')) AS g);
    group_columns := '{}';
    key_columns := '{}';
    key_sources := '{}';
    FOR i IN 1 .. cardinality(v_names) LOOP
        v_expression := regexp_replace(btrim(v_items[i], E' \n'), ' AS ("(?:[^"]|"")+"|[^ "()]+)$', '');
        IF v_expression = ANY (v_groups) THEN
            group_columns := group_columns || v_names[i];
            -- a column of the source as it stands, of a type whose text says all
            key_sources := key_sources || ARRAY(
                SELECT a.attname FROM pg_attribute AS a
                WHERE a.attrelid = analyse_query.relation AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> time_column
                  AND v_expression IN (quote_ident(a.attname), alias || '.' || quote_ident(a.attname))
                  AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'text'::regtype, 'varchar'::regtype, 'uuid'::regtype));
            IF cardinality(key_sources) > cardinality(key_columns) THEN
                key_columns := key_columns || v_names[i];
            END IF;
            v_match := regexp_match(v_expression, '^(?:public\.)?time_bucket\((''[^'']+'')::interval, (.*)\)$');
            IF v_match IS NOT NULL THEN
                bucket_column := v_names[i];
                bucket_width := btrim(v_match[1], '''')::interval;
                -- the time column is the whole second argument
                v_match := compat.split_top_level(v_match[2], ',');
                IF btrim(v_match[1]) NOT IN (quote_ident(time_column), alias || '.' || quote_ident(time_column)) THEN
                    RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = 'time_bucket must be taken of the source''s time column',
                        COLUMN = time_column;
                END IF;
                bucket_expression := format('public.time_bucket(%L::interval, $1%s)', bucket_width,
                    (SELECT COALESCE(string_agg(',' || rest, '' ORDER BY n), '')
                     FROM unnest(v_match[2:]) WITH ORDINALITY AS u (rest, n)));
            END IF;
        END IF;
    END LOOP;
    IF bucket_column IS NULL OR cardinality(group_columns) <> cardinality(v_groups) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422',
            MESSAGE = 'a continuous aggregate is grouped by time_bucket(interval, time) and returns every key that it is grouped by';
    END IF;
END
$$;
COMMENT ON FUNCTION compat.analyse_query(regclass) IS 'Takes a continuous aggregate''s defining view apart. Raises MW422 for what is not supported.';
REVOKE ALL ON FUNCTION compat.analyse_query(regclass) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.analyse_query(regclass) TO millwright;

CREATE OR REPLACE FUNCTION compat.restrict_query(p_definition regclass, p_source regclass, p_from text, p_more text[])
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    q record;
    v_from text;
BEGIN
    SELECT * INTO STRICT q FROM compat.analyse_query(p_definition);
    v_from := q.from_part;
    IF p_source IS NOT NULL THEN
        v_from := replace(v_from, q.relation_text
            || CASE WHEN strpos(v_from, q.relation_text || ' ' || q.alias) > 0 THEN ' ' || q.alias ELSE '' END, p_source::text || ' ' || q.alias);
    END IF;
    RETURN concat(E'SELECT ', q.select_part, E'\nFROM ', v_from, format(E'\nWHERE %s.%I >= ', q.alias, q.time_column), p_from,
        (SELECT string_agg(format(' AND %s.%s', q.alias, m), '') FROM unnest(p_more) AS m), ' AND ' || q.where_part, E'\nGROUP BY ', q.group_part);
END
$$;
COMMENT ON FUNCTION compat.restrict_query(regclass, regclass, text, text[]) IS
    'The query of an aggregate''s defining view over rows from p_from on that fulfil p_more (conditions that begin with a column of the source), of p_source in the place of its source (NULL: of its source).';
REVOKE ALL ON FUNCTION compat.restrict_query(regclass, regclass, text, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.restrict_query(regclass, regclass, text, text[]) TO millwright;

CREATE OR REPLACE FUNCTION compat.write_queries(p_continuous_aggregate_id int)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c compat.continuous_aggregate;
    s compat.source;
    q record;
    v_query regclass;
    v_source regclass;
    v_key name;
BEGIN
    SELECT * INTO STRICT c FROM compat.continuous_aggregate WHERE continuous_aggregate_id = p_continuous_aggregate_id;
    SELECT * INTO STRICT s FROM compat.source WHERE source_id = c.source_id;
    v_query := format('compat.%I', c.materialization || '_query')::regclass;
    SELECT * INTO STRICT q FROM compat.analyse_query(v_query);
    v_source := CASE WHEN c.parent_id IS NOT NULL THEN s.relation END;
    IF s.key_column IS NULL AND q.key_sources <> '{}' THEN
        UPDATE compat.source SET key_column = q.key_sources[1] WHERE source_id = c.source_id RETURNING key_column INTO s.key_column;
    END IF;
    v_key := q.key_columns[array_position(q.key_sources, s.key_column)];
    UPDATE compat.continuous_aggregate
    SET materialize_query = compat.restrict_query(v_query, v_source, '$1', ARRAY[format('%I < $2', q.time_column)]),
        key_column = v_key,
        keyed_query = CASE WHEN v_key IS NOT NULL THEN compat.restrict_query(v_query, v_source, 'work."from"',
            ARRAY[format('%I < work."to"', q.time_column), format('%I = work.key', s.key_column),
                format('%I >= $1', q.time_column), format('%I < $2', q.time_column)]) END
    WHERE continuous_aggregate_id = p_continuous_aggregate_id;
END
$$;
COMMENT ON FUNCTION compat.write_queries(int) IS 'Writes down the restricted queries by which an aggregate is computed, and by which column its notes may be told apart.';
REVOKE ALL ON FUNCTION compat.write_queries(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.write_queries(int) TO millwright;

-- what an earlier release made
DO $$
BEGIN
    PERFORM compat.write_queries(c.continuous_aggregate_id) FROM compat.continuous_aggregate AS c;
    PERFORM compat.watch_source(s.source_id) FROM compat.source AS s;
END
$$;

CREATE OR REPLACE FUNCTION compat.create_continuous_aggregate(ddl text)
RETURNS int
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_match text[];
    v_name text[];
    v_columns text;
    v_base name;
    v_query name;
    v_options jsonb;
    v_materialized_only boolean;
    v_id int;
    v_source compat.source;
    v_chunk interval;
    q record;
BEGIN
    v_match := regexp_match(ddl,
        '^\s*(?:--[^\n]*\n\s*)*CREATE\s+MATERIALIZED\s+VIEW\s+(IF\s+NOT\s+EXISTS\s+)?([^\s(]+)\s*(\([^()]*\))?\s+WITH\s*\(([^()]*)\)\s+AS\s+(.*?)\s+WITH\s+NO\s+DATA\s*;?\s*$', 'i');
    IF v_match IS NULL OR v_match[4] !~* '\mtimescaledb\.continuous\M' THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = 'not the definition of a continuous aggregate',
            HINT = 'CREATE MATERIALIZED VIEW schema.name WITH (timescaledb.continuous, …) AS SELECT … WITH NO DATA';
    END IF;
    v_name := parse_ident(v_match[2]);
    IF cardinality(v_name) <> 2 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = 'a continuous aggregate''s name must be schema-qualified';
    END IF;
    IF to_regclass(v_match[2]) IS NOT NULL THEN
        IF v_match[1] IS NOT NULL THEN
            RAISE NOTICE 'continuous aggregate "%" already exists, skipping', v_match[2];
            RETURN (SELECT continuous_aggregate_id FROM compat.continuous_aggregate
                    WHERE view_schema = v_name[1] AND view_name = v_name[2]);
        END IF;
        RAISE EXCEPTION USING ERRCODE = 'duplicate_table', MESSAGE = format('relation "%s" already exists', v_match[2]);
    END IF;
    SELECT jsonb_object_agg(lower(btrim(split_part(o, '=', 1))), lower(btrim(COALESCE(NULLIF(split_part(o, '=', 2), ''), 'true'), E' \n\t''')))
        INTO v_options FROM unnest(string_to_array(v_match[4], ',')) AS o;
    v_materialized_only := COALESCE((v_options ->> 'timescaledb.materialized_only')::boolean, true);

    v_base := left(format('%s_%s', v_name[1], v_name[2]), 50);
    v_query := v_base || '_query';
    EXECUTE format('CREATE VIEW compat.%I %s AS %s', v_query, v_match[3], v_match[5]);
    EXECUTE format('COMMENT ON VIEW compat.%I IS %L', v_query,
        format('The query of continuous aggregate %s, unrestricted: what its finished buckets must equal.', v_match[2]));
    SELECT * INTO STRICT q FROM compat.analyse_query(format('compat.%I', v_query)::regclass);

    -- finished buckets: a table of the query's columns, keyed by the group, a hypertable on the bucket
    EXECUTE format('CREATE TABLE compat.%I AS SELECT * FROM compat.%I WITH NO DATA', v_base, v_query);
    EXECUTE format('ALTER TABLE compat.%I ALTER COLUMN %I SET NOT NULL', v_base, q.bucket_column);
    -- as on Community, a chunk of aggregates spans ten chunks of the source
    SELECT 10 * COALESCE(max(d.time_interval), INTERVAL '7 days') INTO v_chunk
    FROM timescaledb_information.dimensions AS d
    JOIN pg_class AS c ON c.relname = d.hypertable_name
    JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = d.hypertable_schema
    WHERE c.oid = q.relation AND d.dimension_number = 1;
    PERFORM public.create_hypertable(format('compat.%I', v_base)::regclass,
        public.by_range(q.bucket_column, v_chunk), create_default_indexes => false);
    -- the bucket last: one sensor over a stretch of time is the usual question
    SELECT string_agg(quote_ident(g), ', ' ORDER BY g = q.bucket_column, n) INTO v_columns
    FROM unnest(q.group_columns) WITH ORDINALITY AS u (g, n);
    EXECUTE format('CREATE UNIQUE INDEX %I ON compat.%I (%s) NULLS NOT DISTINCT', v_base || '_key', v_base, v_columns);
    IF cardinality(q.group_columns) > 1 THEN
        EXECUTE format('CREATE INDEX %I ON compat.%I (%I)', v_base || '_' || q.bucket_column || '_idx', v_base, q.bucket_column);
    END IF;
    EXECUTE format('COMMENT ON TABLE compat.%I IS %L', v_base, format('Finished buckets of continuous aggregate %s. Written by its refreshes.', v_match[2]));

    -- the source's registration; an aggregate of an aggregate watches the other's finished buckets
    INSERT INTO compat.source AS s (relation, time_column, granule)
    SELECT COALESCE(('compat.' || quote_ident(p.materialization))::regclass, q.relation), q.time_column, q.bucket_width
    FROM (SELECT) AS one
    LEFT JOIN compat.continuous_aggregate AS p ON p.continuous_aggregate_id = q.parent_id
    ON CONFLICT (relation) DO UPDATE SET granule = LEAST(s.granule, EXCLUDED.granule)
    RETURNING * INTO v_source;

    INSERT INTO compat.continuous_aggregate (view_schema, view_name, source_id, parent_id, materialization, bucket_column, bucket_width,
        bucket_expression, materialize_query, view_definition, materialized_only)
    VALUES (v_name[1], v_name[2], v_source.source_id, q.parent_id, v_base, q.bucket_column, q.bucket_width, q.bucket_expression,
        '', v_match[5], v_materialized_only)
    RETURNING continuous_aggregate_id INTO v_id;
    PERFORM compat.write_queries(v_id);
    -- nothing is computed yet, so everything is invalid
    INSERT INTO compat.invalidation (continuous_aggregate_id, period) VALUES (v_id, tstzrange(NULL, NULL));

    PERFORM compat.define_watermark(v_id);
    EXECUTE format('COMMENT ON FUNCTION compat.watermark_%s() IS %L', v_id, format('End of the finished buckets of %s, a constant of each plan.', v_match[2]));
    EXECUTE format('REVOKE ALL ON FUNCTION compat.watermark_%s() FROM PUBLIC', v_id);
    EXECUTE format('GRANT EXECUTE ON FUNCTION compat.watermark_%s() TO anonymous, viewer, thin, millwright', v_id);

    -- the view that everybody reads: finished buckets, then the open tail from the source
    EXECUTE format('CREATE VIEW %I.%I AS SELECT * FROM compat.%I', v_name[1], v_name[2], v_base)
        || CASE WHEN v_materialized_only THEN '' ELSE
            format(E' WHERE %I < compat.watermark_%s()\nUNION ALL\n', q.bucket_column, v_id)
            || compat.restrict_query(format('compat.%I', v_query)::regclass, NULL, format('compat.watermark_%s()', v_id), '{}') END;
    PERFORM compat.watch_source(v_source.source_id);
    RETURN v_id;
END
$$;
COMMENT ON FUNCTION compat.create_continuous_aggregate(text) IS
    'Runs CREATE MATERIALIZED VIEW … WITH (timescaledb.continuous) … WITH NO DATA on the Apache edition and returns the aggregate''s id. Called by thin migrate.';
REVOKE ALL ON FUNCTION compat.create_continuous_aggregate(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.create_continuous_aggregate(text) TO millwright;

-- Statement by statement, in the caller's transaction; the same file runs on Community with psql -f.
CREATE OR REPLACE FUNCTION compat.run_script(script text)
RETURNS int
LANGUAGE plpgsql VOLATILE
SET search_path = compat, public, pg_temp
AS $$
DECLARE
    v_statement text;
    v_count int := 0;
BEGIN
    FOREACH v_statement IN ARRAY compat.split_top_level(script, ';') LOOP
        -- what is only comment and space is no statement
        CONTINUE WHEN regexp_replace(v_statement, '--[^\n]*', '', 'g') !~ '\S';
        IF v_statement ~* '^\s*(?:--[^\n]*\n\s*)*CREATE\s+MATERIALIZED\s+VIEW\s[^;]*\mtimescaledb\.continuous\M' THEN
            PERFORM compat.create_continuous_aggregate(v_statement);
        ELSE
            EXECUTE v_statement;
        END IF;
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$$;
COMMENT ON FUNCTION compat.run_script(text) IS
    'Runs a file of sql/continuous_aggregates on the Apache edition: definitions of continuous aggregates are handed to compat.create_continuous_aggregate, the rest runs as it is. Returns the number of statements.';
REVOKE ALL ON FUNCTION compat.run_script(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.run_script(text) TO millwright;

CREATE OR REPLACE FUNCTION compat.drop_continuous_aggregate(name text, if_exists boolean DEFAULT false)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_name text[] := parse_ident(name);
    v_aggregate compat.continuous_aggregate;
    v_source compat.source;
    v_event text;
BEGIN
    SELECT * INTO v_aggregate FROM compat.continuous_aggregate WHERE view_schema = v_name[1] AND view_name = v_name[2] FOR UPDATE;
    IF NOT FOUND THEN
        IF if_exists THEN
            RAISE NOTICE 'continuous aggregate "%" does not exist, skipping', name;
            RETURN;
        END IF;
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format('continuous aggregate "%s" does not exist', name);
    END IF;
    DELETE FROM ops.job
    WHERE procedure LIKE 'compat.policy\_%' AND to_regclass(config ->> 'relation') = format('%I.%I', v_name[1], v_name[2])::regclass;
    -- no CASCADE: what reads the view, another aggregate included, must be dropped first, by name
    EXECUTE format('DROP VIEW %I.%I', v_aggregate.view_schema, v_aggregate.view_name);
    EXECUTE format('DROP TABLE compat.%I', v_aggregate.materialization);
    EXECUTE format('DROP VIEW compat.%I', v_aggregate.materialization || '_query');
    EXECUTE format('DROP FUNCTION compat.watermark_%s()', v_aggregate.continuous_aggregate_id);
    DELETE FROM compat.continuous_aggregate WHERE continuous_aggregate_id = v_aggregate.continuous_aggregate_id;
    DELETE FROM compat.source AS s WHERE relation::oid NOT IN (SELECT oid FROM pg_class);
    IF NOT EXISTS (SELECT FROM compat.continuous_aggregate WHERE source_id = v_aggregate.source_id) THEN
        DELETE FROM compat.source WHERE source_id = v_aggregate.source_id RETURNING * INTO v_source;
        FOREACH v_event IN ARRAY ARRAY['insert', 'update', 'delete', 'truncate'] LOOP
            IF v_source.source_id IS NOT NULL THEN
                EXECUTE format('DROP TRIGGER IF EXISTS compat_note_%s ON %s', v_event, v_source.relation);
            END IF;
            EXECUTE format('DROP FUNCTION IF EXISTS compat.note_changes_%s_%s()', v_aggregate.source_id, v_event);
        END LOOP;
        EXECUTE format('DROP TABLE IF EXISTS compat.threshold_lock_%s', v_aggregate.source_id);
    END IF;
END
$$;
COMMENT ON FUNCTION compat.drop_continuous_aggregate(text, boolean) IS
    'DROP MATERIALIZED VIEW of a continuous aggregate, its policies included. Refused (2BP01) while anything reads the view.';
REVOKE ALL ON FUNCTION compat.drop_continuous_aggregate(text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.drop_continuous_aggregate(text, boolean) TO millwright;
