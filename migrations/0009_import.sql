-- Files that thin import took in: what a run that was killed goes on from.
CREATE TABLE ingest.import (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    mapping text NOT NULL CHECK (octet_length(mapping) <= 65536),
    mapping_hash bigint NOT NULL GENERATED ALWAYS AS (hashtextextended(mapping, 0)) STORED,
    file_name text NOT NULL CHECK (length(file_name) <= 1024),
    bytes bigint NOT NULL CHECK (bytes >= 0),
    records bigint NOT NULL CHECK (records >= 0),
    records_done bigint NOT NULL DEFAULT 0 CHECK (records_done BETWEEN 0 AND records),
    stored bigint NOT NULL DEFAULT 0 CHECK (stored >= 0),
    duplicates bigint NOT NULL DEFAULT 0 CHECK (duplicates >= 0),
    rejected bigint NOT NULL DEFAULT 0 CHECK (rejected >= 0),
    rejects_bytes bigint NOT NULL DEFAULT 0 CHECK (rejects_bytes >= 0),
    started_at timestamptz NOT NULL DEFAULT now(),
    started_by text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    UNIQUE (sha256, mapping_hash)
);
COMMENT ON TABLE ingest.import IS
    'Files that thin import took in, each once for each way of reading it. A run that was killed goes on after records_done; points and progress are committed together.';
COMMENT ON COLUMN ingest.import.sha256 IS 'Of the file''s bytes, hexadecimal: a file that was changed is another file.';
COMMENT ON COLUMN ingest.import.mapping IS 'How its columns, times and numbers are read, as JSON: the options of thin import.';
COMMENT ON COLUMN ingest.import.records IS 'Records of the file, the header not counted.';
COMMENT ON COLUMN ingest.import.records_done IS 'Of these, how many are stored or refused.';
COMMENT ON COLUMN ingest.import.stored IS 'Points that are new in telemetry.reading.';
COMMENT ON COLUMN ingest.import.duplicates IS 'Points that were there already with the same value.';
COMMENT ON COLUMN ingest.import.rejected IS 'Points and records that were refused, each with its reason in the file of rejected lines.';
COMMENT ON COLUMN ingest.import.rejects_bytes IS 'Length of the file of rejected lines up to records_done.';
COMMENT ON COLUMN ingest.import.finished_at IS 'NULL: not finished; call thin import with the same file and options again.';
