CREATE OR REPLACE FUNCTION ingest.value_gate(
    OUT lowest float8, OUT highest float8, OUT marks float8[], OUT has_spans boolean
)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT g.lowest, g.highest,
           coalesce(array_agg(DISTINCT n.low) FILTER (WHERE n.low = n.high), '{}'),
           coalesce(bool_or(n.low < n.high), false)
    FROM (
        -- whatever the setting says, and however it got there: no further than can be computed with
        SELECT greatest(ops.setting_float('ingest.plausible_min'), -1e100) AS lowest,
               least(ops.setting_float('ingest.plausible_max'), 1e100) AS highest
    ) AS g
    -- beyond the range nothing is stored anyway, so ingest.value_refusal asks there in any case
    LEFT JOIN ingest.no_value AS n ON n.low <= g.highest AND n.high >= g.lowest
    GROUP BY g.lowest, g.highest
$$;
COMMENT ON FUNCTION ingest.value_gate() IS
    'What ingest.value_refusal needs to know, read once a batch: the global plausibility range (settings '
    'ingest.plausible_min and _max) and which values within it mean "no value" for some sensor (marks; has_spans: '
    'there are spans among them, so that every value must be looked up).';
REVOKE ALL ON FUNCTION ingest.value_gate() FROM PUBLIC;
