-- Runs as whoever calls, so that a right that thin lost is seen as thin sees it.
CREATE OR REPLACE FUNCTION ingest.probe(kind text) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CASE kind
    WHEN 'points' THEN
        PERFORM ingest.accept('{}', '{}', '{}', '{}');
        PERFORM ingest.probe_store();
    WHEN 'features' THEN
        PERFORM ml.resolve_models('[]');
        PERFORM ml.record_predictions('[]');
    WHEN 'waveforms' THEN
        PERFORM ml.store_waveforms('[]');
    END CASE;
    PERFORM ingest.quarantine_batch('{}', '{}', '{}', '{}', '{}');
END
$$;
COMMENT ON FUNCTION ingest.probe(text) IS
    'Whether the way in works for messages of this kind (points, features, waveforms): raises what keeps it from '
    'working, leaves nothing behind. thin asks it, in the same session, before a message that fails alone is put '
    'aside.';
REVOKE ALL ON FUNCTION ingest.probe(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.probe(text) TO thin;
