CREATE OR REPLACE FUNCTION ml.purge_waveforms(config jsonb DEFAULT '{}') RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT count(*) FROM public.drop_chunks('ml.waveform_features'::regclass,
        older_than => clock_timestamp() - ops.setting_interval('ml.waveform_retention'))
$$;
COMMENT ON FUNCTION ml.purge_waveforms(jsonb) IS
    'Job: drops features of waveforms whose whole day is older than the setting ml.waveform_retention; returns how many chunks.';
REVOKE ALL ON FUNCTION ml.purge_waveforms(jsonb) FROM PUBLIC;
