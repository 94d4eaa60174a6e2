CREATE OR REPLACE FUNCTION alarm.backtest_notes(r alarm.rule, source text, bucket_value text) RETURNS text[]
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(array_agg(n.note ORDER BY n.place), '{}')
    FROM (
        SELECT 1, s.note FROM unnest(alarm.selection_notes(r)) AS s (note)
        UNION ALL
        SELECT n.place, n.note
        FROM (VALUES
            (2, bucket_value = 'worst',
             'merged: alarms that lie closer together than a bucket count as one here; raw may say more of them'),
            (3, bucket_value = 'worst' AND num_nonnulls(r.low, r.high) = 2 AND r.condition <> 'inside'
             AND r.on_delay > INTERVAL '0',
             'one_side: of a bucket that is beyond limits on both sides the worse one counts: an alarm of the other '
             'side may be missing'),
            (4, bucket_value = 'mean',
             'mean: a bucket counts with its mean; alarms shorter than a bucket may be missing'),
            (5, true, 'quality: readings of bad quality count in a rollup, in raw they do not')
        ) AS n (place, applies, note)
        JOIN alarm.condition AS c ON c.name = r.condition
        -- of silences and full minutes a rollup says the same
        WHERE source <> 'raw' AND c.judged <> 'silence' AND NOT c.each_minute AND n.applies
    ) AS n (place, note)
$$;
COMMENT ON FUNCTION alarm.backtest_notes(alarm.rule, text, text) IS
    'What a backtest''s answer must be read with, as sentences that begin with a code: where a rollup may say other '
    'alarms than the raw readings, and what alarm.selection_notes says.';
REVOKE ALL ON FUNCTION alarm.backtest_notes(alarm.rule, text, text) FROM PUBLIC;
