-- The ledger of `thin migrate`. Applied before everything else and idempotent, because nothing can be recorded before it exists.
CREATE SCHEMA IF NOT EXISTS ops;
COMMENT ON SCHEMA ops IS 'How the product runs: jobs, health, metrics, settings, the migration ledger.';
REVOKE ALL ON SCHEMA ops FROM PUBLIC;

CREATE TABLE IF NOT EXISTS ops.migration (
    kind text NOT NULL CHECK (kind IN ('roles', 'ledger', 'compat', 'migration', 'continuous_aggregate', 'function', 'view',
        'data', 'grant', 'release')),
    name text NOT NULL CHECK (name <> ''),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    objects text[] NOT NULL DEFAULT '{}',
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    duration_ms integer NOT NULL DEFAULT 0 CHECK (duration_ms >= 0),
    program_version text NOT NULL,
    PRIMARY KEY (kind, name)
);
COMMENT ON TABLE ops.migration IS
    'What thin migrate applied to this database, one row per file. Written by it only. The row of kind release says that everything of a program''s version was applied.';
COMMENT ON COLUMN ops.migration.kind IS 'Which folder of the SQL tree the file lies in; release for the whole of it.';
COMMENT ON COLUMN ops.migration.name IS 'The file''s path in that folder.';
COMMENT ON COLUMN ops.migration.sha256 IS 'Of the file as it was applied, hexadecimal; of kind, name and hash of all files for a release.';
COMMENT ON COLUMN ops.migration.objects IS 'What the file made: routines (schema.name(types)), views, tables (schema.name), schemas. What goes away with a repeatable file, and what of the database is the product''s: everything else is a plant''s.';
COMMENT ON COLUMN ops.migration.duration_ms IS 'How long it took, in milliseconds.';
COMMENT ON COLUMN ops.migration.program_version IS 'Version of thin that applied it.';
REVOKE ALL ON ops.migration FROM PUBLIC;
GRANT SELECT ON ops.migration TO viewer;
