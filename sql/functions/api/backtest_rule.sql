CREATE OR REPLACE FUNCTION api.backtest_rule(
    id bigint, "from" timestamptz, "to" timestamptz, changes jsonb DEFAULT '{}', source text DEFAULT 'raw', bucket_value text DEFAULT 'worst'
) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET intervalstyle = 'iso_8601'
AS $$
DECLARE
    c_longest CONSTANT interval := INTERVAL '366 days';
BEGIN
    PERFORM ops.check_span("from", "to", c_longest);
    IF jsonb_typeof(changes) NOT IN ('object', 'null') THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'changes', MESSAGE = 'changes must be object';
    END IF;
    RETURN alarm.backtest_report(id, "from", "to", coalesce(nullif(changes, 'null'), '{}'), coalesce(source, 'raw'), coalesce(bucket_value, 'worst'));
END
$$;
COMMENT ON FUNCTION api.backtest_rule(bigint, timestamptz, timestamptz, jsonb, text, text) IS
    'What a rule would have raised from … to on the stored points (source raw) or on the buckets of a rollup (1m, 1h; each with its worst value or its mean), with changes laid over it (members of a rule): {summary, alarms[], notes[]: what the answer must be read with}. Changes nothing.';
REVOKE ALL ON FUNCTION api.backtest_rule(bigint, timestamptz, timestamptz, jsonb, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.backtest_rule(bigint, timestamptz, timestamptz, jsonb, text, text) TO viewer;
