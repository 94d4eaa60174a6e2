CREATE OR REPLACE FUNCTION ingest.try_decode(topic text, payload text, received_at timestamptz) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
    v_decoder record;
    v_points bigint;
BEGIN
    SELECT d.decoder, d.equipment_level, d.sensor_level INTO v_decoder
    FROM ingest.decoder_of(try_decode.topic) AS d;
    IF v_decoder.decoder IS NULL OR try_decode.payload IS NULL THEN
        RETURN 0;
    END IF;
    -- as text, so that each member is really computed
    EXECUTE format('SELECT count(d::text) FROM (SELECT * FROM %s($1, $2, $3, $4, $5) LIMIT $6) AS d', v_decoder.decoder)
    INTO v_points
    USING ARRAY[1], ARRAY[split_part(try_decode.topic, '/', v_decoder.equipment_level)],
          ARRAY[split_part(try_decode.topic, '/', v_decoder.sensor_level)], ARRAY[try_decode.payload],
          ARRAY[try_decode.received_at], ops.setting_int('ingest.points_per_message');
    RETURN v_points;
END
$$;
COMMENT ON FUNCTION ingest.try_decode(text, text, timestamptz) IS
    'Decodes one message and stores nothing: it waits for no lock of ours, so where even this fails or takes too long, '
    'the decoder is why. Returns how many points it made; 0 where no decoder takes the topic.';
REVOKE ALL ON FUNCTION ingest.try_decode(text, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.try_decode(text, text, timestamptz) TO thin;
