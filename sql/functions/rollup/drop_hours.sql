CREATE OR REPLACE FUNCTION rollup.drop_hours() RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_before timestamptz := now() - ops.setting_interval('rollup.hour_retention');
    v_dropped integer := 0;
BEGIN
    IF v_before IS NULL THEN
        RETURN 0;
    END IF;
    -- what the hours have not told the days yet would be lost with them
    PERFORM FROM rollup.day_state FOR UPDATE;
    IF (SELECT s.finished_to FROM rollup.day_state AS s) < v_before
        AND EXISTS (SELECT FROM rollup.reading_1h AS h WHERE h.bucket < v_before)
        OR EXISTS (SELECT FROM rollup.change AS c WHERE c.period && tstzrange(NULL, v_before)) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW409', MESSAGE = 'hours are not dropped: days have not taken them in yet',
            HINT = 'the job "refresh days" must get so far first';
    END IF;
    SELECT count(*) INTO v_dropped FROM public.drop_chunks(
        CASE ops.edition() WHEN 'apache' THEN rollup.finished('reading_1h') ELSE 'rollup.reading_1h'::regclass END, v_before);
    PERFORM public.drop_chunks('rollup.sketch_1h'::regclass, v_before);
    RETURN v_dropped;
END
$$;
COMMENT ON FUNCTION rollup.drop_hours() IS
    'Job: drops finished hours, and their sketches, that are older than the setting rollup.hour_retention; returns how many chunks. MW409 while days lag behind.';
REVOKE ALL ON FUNCTION rollup.drop_hours() FROM PUBLIC;
