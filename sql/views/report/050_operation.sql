CREATE VIEW report.delivery_summary AS
SELECT c.name AS channel, c.kind, c.enabled, c.available, d.status, count(d.id) AS deliveries,
    min(d.next_attempt_at) FILTER (WHERE d.status = 'pending') AS next_attempt_at,
    max(d.delivered_at) AS last_delivered_at,
    (array_agg(d.last_error ORDER BY d.id DESC) FILTER (WHERE d.last_error IS NOT NULL))[1] AS last_error
FROM relay.channel AS c
LEFT JOIN relay.delivery AS d ON d.channel_id = c.id
GROUP BY c.id, d.status;
COMMENT ON VIEW report.delivery_summary IS 'Per channel and state of delivery: how many, and the last error. Addresses are left out.';
GRANT SELECT ON report.delivery_summary TO viewer;

CREATE VIEW report.storage AS
SELECT h.hypertable_schema::text AS schema, h.hypertable_name::text AS name, h.num_chunks::integer AS chunks,
    d.table_bytes, d.index_bytes, d.total_bytes, pg_size_pretty(d.total_bytes) AS total,
    c.first_chunk, c.last_chunk,
    CASE WHEN ops.edition() = 'apache' THEN 'not available on the Apache edition'
        WHEN h.compression_enabled THEN 'on' ELSE 'off' END AS columnstore
FROM timescaledb_information.hypertables AS h
CROSS JOIN LATERAL public.hypertable_detailed_size(format('%I.%I', h.hypertable_schema, h.hypertable_name)::regclass) AS d
LEFT JOIN LATERAL (
    SELECT min(c.range_start) AS first_chunk, max(c.range_end) AS last_chunk FROM timescaledb_information.chunks AS c
    WHERE c.hypertable_schema = h.hypertable_schema AND c.hypertable_name = h.hypertable_name
) AS c ON true;
COMMENT ON VIEW report.storage IS 'Size, chunks and time span of each hypertable, and whether its old chunks are kept in columns (TimescaleDB Community only).';
GRANT SELECT ON report.storage TO viewer;
