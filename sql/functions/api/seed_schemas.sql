CREATE OR REPLACE FUNCTION api.seed_schemas(p_area text, p_schemas jsonb) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    MERGE INTO api.schema_component AS old
    USING jsonb_each(p_schemas) AS new
    ON old.name = new.key
    WHEN MATCHED THEN UPDATE SET area = p_area, definition = new.value
    WHEN NOT MATCHED THEN INSERT (name, area, definition) VALUES (new.key, p_area, new.value)
    WHEN NOT MATCHED BY SOURCE AND old.area = p_area THEN DELETE
$$;
COMMENT ON FUNCTION api.seed_schemas(text, jsonb) IS
    'Makes the schema components of one area equal to {name: schema}: adds, changes and removes. Called by sql/data.';
REVOKE ALL ON FUNCTION api.seed_schemas(text, jsonb) FROM PUBLIC;
