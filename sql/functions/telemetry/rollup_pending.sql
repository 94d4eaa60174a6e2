CREATE OR REPLACE FUNCTION telemetry.rollup_pending(source text, "from" timestamptz, "to" timestamptz, sensor_ids integer[] DEFAULT '{}')
    RETURNS tstzmultirange
    LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_width CONSTANT interval := telemetry.bucket_width(source);
    c_origin CONSTANT timestamptz := '2000-01-01 00:00Z';
    -- of whole buckets
    v_asked tstzmultirange := tstzmultirange(tstzrange(
        date_bin(c_width, rollup_pending.from, c_origin), date_bin(c_width, rollup_pending.to, c_origin) + c_width));
    v_changed tstzmultirange;
    v_wiped tstzmultirange := '{}';
    v_dropped tstzmultirange := '{}';
    v_watermark timestamptz;
    v_schema name;
    v_table name;
BEGIN
    IF ops.edition() = 'apache' THEN
        SELECT range_agg(i.period), coalesce(range_agg(i.period) FILTER (WHERE i.wiped), '{}'), (array_agg(s.dropped))[1], max(c.watermark),
               max(n.nspname::text), max(r.relname::text)
        INTO v_changed, v_wiped, v_dropped, v_watermark, v_schema, v_table
        FROM compat.continuous_aggregate AS c
        JOIN compat.source AS s ON s.source_id = c.source_id
        JOIN pg_class AS r ON r.oid = s.relation
        JOIN pg_namespace AS n ON n.oid = r.relnamespace
        JOIN compat.invalidation AS i ON i.continuous_aggregate_id = c.continuous_aggregate_id
        WHERE c.view_schema = 'rollup' AND c.view_name = 'reading_' || source
          AND (lower(i.period) < upper(v_asked) OR lower_inf(i.period)) AND i.period && range_merge(v_asked)
          AND (i.key IS NULL OR rollup_pending.sensor_ids = '{}' OR i.key = ANY (rollup_pending.sensor_ids::text[]));
    ELSE
        -- Community notes changes of the source, and what a refresh has still to do, in microseconds since 1970, both ends included
        SELECT range_agg(tstzrange(telemetry.catalog_time(l.lowest_modified_value),
                                   telemetry.catalog_time(l.greatest_modified_value) + INTERVAL '1 microsecond')),
               '{}', max(telemetry.catalog_time(_timescaledb_functions.cagg_watermark(c.mat_hypertable_id))),
               max(h.schema_name::text), max(h.table_name::text)
        INTO v_changed, v_dropped, v_watermark, v_schema, v_table
        FROM _timescaledb_catalog.continuous_agg AS c
        JOIN _timescaledb_catalog.hypertable AS h ON h.id = c.raw_hypertable_id
        CROSS JOIN LATERAL (
            SELECT l.lowest_modified_value, l.greatest_modified_value
            FROM _timescaledb_catalog.continuous_aggs_hypertable_invalidation_log AS l WHERE l.hypertable_id = c.raw_hypertable_id
            UNION ALL
            SELECT l.lowest_modified_value, l.greatest_modified_value
            FROM _timescaledb_catalog.continuous_aggs_materialization_invalidation_log AS l WHERE l.materialization_id = c.mat_hypertable_id
        ) AS l
        WHERE c.user_view_schema = 'rollup' AND c.user_view_name = 'reading_' || source;
    END IF;
    v_changed := coalesce(v_changed, '{}') * v_asked * tstzmultirange(tstzrange(NULL, v_watermark));
    IF v_changed <> '{}' THEN
        -- what has no chunk any more was dropped: its buckets outlive it
        v_changed := v_changed * (v_wiped + (
            SELECT coalesce(range_agg(tstzrange(k.range_start, k.range_end)), '{}') - v_dropped
            FROM timescaledb_information.chunks AS k
            WHERE k.hypertable_schema = v_schema AND k.hypertable_name = v_table));
    END IF;
    IF source = '1h' THEN
        -- made of minutes
        v_changed := v_changed + telemetry.rollup_pending('1m', rollup_pending.from, rollup_pending.to, rollup_pending.sensor_ids);
    END IF;
    RETURN (
        SELECT coalesce(range_agg(tstzrange(date_bin(c_width, lower(p), c_origin),
                                            date_bin(c_width, upper(p) + c_width - INTERVAL '1 microsecond', c_origin))), '{}')
        FROM unnest(v_changed) AS p);
END
$$;
COMMENT ON FUNCTION telemetry.rollup_pending(text, timestamptz, timestamptz, integer[]) IS
    'Which finished buckets of rollup.reading_1m (source 1m) or reading_1h (1h) from … to are older than their readings, because history was imported, came late or was deleted and the next refresh has not been there yet: whole buckets. The views show these as they were. Of some sensors, where the edition notes which (Apache): sensor_ids, {} for all.';
REVOKE ALL ON FUNCTION telemetry.rollup_pending(text, timestamptz, timestamptz, integer[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.rollup_pending(text, timestamptz, timestamptz, integer[]) TO viewer;
