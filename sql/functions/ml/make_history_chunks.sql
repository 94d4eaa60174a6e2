CREATE OR REPLACE FUNCTION ml.make_history_chunks(p_table regclass, p_time timestamptz[]) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_factor CONSTANT integer := 32;
    -- in a row that nobody ever sees: it is deleted in the statement after it was inserted
    c_nobody CONSTANT text := 'nobody';
    v_dimension record;
    v_wide bigint;
    v_now record;
    v_time timestamptz;
    v_made integer := 0;
BEGIN
    SELECT d.id, d.interval_length AS width INTO STRICT v_dimension
    FROM _timescaledb_catalog.dimension AS d
    JOIN _timescaledb_catalog.hypertable AS h ON h.id = d.hypertable_id
    WHERE format('%I.%I', h.schema_name, h.table_name)::regclass = p_table AND d.interval_length IS NOT NULL;
    v_wide := v_dimension.width * c_factor;
    SELECT _timescaledb_functions.to_timestamp(b.begins) AS begins, _timescaledb_functions.to_timestamp(b.ends) AS ends
    INTO v_now
    FROM telemetry.history_block(_timescaledb_functions.to_unix_microseconds(clock_timestamp()), v_wide) AS b;
    -- A chunk at a time: one may hold the next point, too.
    FOR v_time IN SELECT DISTINCT t FROM unnest(p_time) AS t WHERE t < v_now.begins OR t >= v_now.ends ORDER BY t LOOP
        CONTINUE WHEN EXISTS (
            SELECT FROM _timescaledb_catalog.dimension_slice AS s
            WHERE s.dimension_id = v_dimension.id
              AND s.range_start <= _timescaledb_functions.to_unix_microseconds(v_time)
              AND s.range_end > _timescaledb_functions.to_unix_microseconds(v_time));
        IF v_made = 0 THEN
            PERFORM public.set_chunk_time_interval(p_table, make_interval(secs => v_wide / 1000000.0));
        END IF;
        v_made := v_made + 1;
        CASE p_table
        WHEN 'ml.serve_ml_predictions'::regclass THEN
            INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, source, modalities,
                                                 is_anomaly, confidence, scores, thresholds, ratio)
            VALUES (v_time, c_nobody, '', '', 'mqtt', '{}', false, 0, '{}', '{}', '{}');
            DELETE FROM ml.serve_ml_predictions WHERE time = v_time AND equipment_id = c_nobody AND power = ''
                AND model_version = '';
        WHEN 'ml.waveform_features'::regclass THEN
            INSERT INTO ml.waveform_features (time, equipment_id, modality, sample_rate_hz, samples, features)
            VALUES (v_time, c_nobody, 'current', 1, 1, '{}');
            DELETE FROM ml.waveform_features WHERE time = v_time AND equipment_id = c_nobody AND samples = 1;
        WHEN 'ml.rul_predictions'::regclass THEN
            INSERT INTO ml.rul_predictions (time, equipment_id, method, rul_hours) VALUES (v_time, c_nobody, 'external',
                0);
            DELETE FROM ml.rul_predictions WHERE time = v_time AND equipment_id = c_nobody AND method = 'external';
        END CASE;
    END LOOP;
    IF v_made > 0 THEN
        PERFORM public.set_chunk_time_interval(p_table, make_interval(secs => v_dimension.width / 1000000.0));
    END IF;
    RETURN v_made;
END
$$;
COMMENT ON FUNCTION ml.make_history_chunks(regclass, timestamptz[]) IS
    'Before rows far from now are inserted into ml.serve_ml_predictions, ml.waveform_features or ml.rul_predictions: '
    'makes their chunks, 32 times as wide as usual, and returns how many. Some rows over many years would make one for '
    'each week or day. Called by ml.record_predictions, ml.store_waveforms and ml.record_rul.';
REVOKE ALL ON FUNCTION ml.make_history_chunks(regclass, timestamptz[]) FROM PUBLIC;
