CREATE OR REPLACE FUNCTION ingest.begin_import(sha256 text, mapping text, file_name text, bytes bigint, records bigint)
    RETURNS ingest.import
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_import ingest.import;
BEGIN
    INSERT INTO ingest.import AS i (sha256, mapping, file_name, bytes, records, started_by)
    VALUES (begin_import.sha256, begin_import.mapping, begin_import.file_name, begin_import.bytes, begin_import.records,
            auth.actor())
    ON CONFLICT (sha256, mapping_hash) DO UPDATE SET file_name = excluded.file_name
    RETURNING * INTO v_import;
    -- Where the points of a block wait to be judged. The owner role's, so that whoever calls can put rows in and
    -- nothing else.
    IF to_regclass('pg_temp.import_staging') IS NULL THEN
        CREATE TEMP TABLE import_staging (
            n integer NOT NULL, line bigint NOT NULL, sensor_id integer NOT NULL, "time" timestamptz NOT NULL,
            value float8 NOT NULL,
            quality integer NOT NULL, unit text
        ) ON COMMIT DELETE ROWS;
        GRANT INSERT ON pg_temp.import_staging TO engineer;
    END IF;
    RETURN v_import;
END
$$;
COMMENT ON FUNCTION ingest.begin_import(text, text, text, bigint, bigint) IS
    'Begins, or goes on with, a file that thin import takes in (hash of its bytes, how it is read), and makes the '
    'session''s table pg_temp.import_staging (n from 1 within the block, line, sensor_id, time, value, quality, and of '
    'values that are not in their sensor''s unit the unit: ingest.import_units), whose rows ingest.import_block takes.';
REVOKE ALL ON FUNCTION ingest.begin_import(text, text, text, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.begin_import(text, text, text, bigint, bigint) TO engineer;
