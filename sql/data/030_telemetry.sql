INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('ingest.live_span', '"7 days"', 'How far back the live path makes chunks. Older points that no open chunk takes wait in ingest.backlog for ingest.backfill. Never less than ingest.historical_after.', 'interval'),
    ('ingest.live_chunks', '64', 'Old points go straight to their chunks when no more than this many chunks exist between the oldest and the newest of a batch.', 'chunks'),
    ('ingest.bulk_bytes', '2048', 'An array that is longer than this, and begins and ends with points from before ingest.live_span, is stored as it came and decoded by the lane for history.', 'bytes'),
    ('ingest.backfill_step', '"500 ms"', 'How long one run of the lane for history works before it commits.', 'interval'),
    ('ingest.backfill_points', '10000', 'Points that the lane moves in one statement.', 'points'),
    ('telemetry.clock_step', '"10 seconds"', 'A sensor whose points lay further ahead of our clock than this, and now lie within it, had its clock put right: it is judged again at once.', 'interval'),
    ('telemetry.history_chunk_points', '500000', 'How many points a chunk of history is made for: the denser the points, the narrower the chunk.', 'points'),
    ('telemetry.history_chunk_longest', '"256 days"', 'The widest chunk of history; never more than a tenth of telemetry.raw_retention.', 'interval')
ON CONFLICT (name) DO NOTHING;
INSERT INTO ops.job (name, procedure, schedule, max_runtime, description) VALUES
    ('backfill', 'ingest.backfill', '1 second', '1 minute', 'Moves points of long ago from ingest.backlog into telemetry.reading, in chunks as wide as they are sparse.'),
    ('watch clocks', 'telemetry.watch_clocks', '10 seconds', '1 minute', 'Estimates how far machines'' clocks are off, and raises a system alarm where it is too far.'),
    ('make next chunk', 'telemetry.make_next_chunk', '15 minutes', '1 minute', 'Makes the chunk of the next day before it begins, so that no live point waits for it.')
ON CONFLICT (name) DO NOTHING;
