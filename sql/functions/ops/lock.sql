CREATE OR REPLACE FUNCTION ops.lock(VARIADIC names text[]) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_names text[];
    v_locked integer;
BEGIN
    -- mostly one, and there already
    IF cardinality(names) = 1 THEN
        PERFORM FROM ops.mutex AS m WHERE m.name = names[1] FOR UPDATE;
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;
    v_names := ARRAY(SELECT DISTINCT n FROM unnest(names) AS n ORDER BY n);
    LOOP
        PERFORM FROM ops.mutex AS m WHERE m.name = ANY (v_names) ORDER BY m.name FOR UPDATE;
        GET DIAGNOSTICS v_locked = ROW_COUNT;
        EXIT WHEN v_locked = cardinality(v_names);
        -- one that is new, or that was removed while we waited for it
        INSERT INTO ops.mutex (name) SELECT n FROM unnest(v_names) AS n ORDER BY n ON CONFLICT DO NOTHING;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ops.lock(text[]) IS
    'Waits for rows of ops.mutex and holds them until the transaction ends; several are taken in the order of their names, so take those that belong together in one call.';
REVOKE ALL ON FUNCTION ops.lock(text[]) FROM PUBLIC;
