CREATE OR REPLACE FUNCTION alarm.samples(
    machine alarm.signal, "from" timestamptz, "until" timestamptz, OUT "time" timestamptz[], OUT value float8[]
)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
#variable_conflict use_column
BEGIN
    IF machine.live THEN
        SELECT array_agg(r.time ORDER BY r.time), array_agg(r.value ORDER BY r.time) INTO time, value
        FROM telemetry.reading AS r
        WHERE r.sensor_id = machine.sensor_id AND r.time >= samples.from AND r.quality < 2 AND NOT r.is_historical;
    ELSE
        SELECT array_agg(x.time ORDER BY x.time), array_agg(x.value ORDER BY x.time) INTO time, value
        FROM alarm.rule AS k
        CROSS JOIN LATERAL alarm.series(k, machine, samples.from - INTERVAL '1 microsecond', samples.until) AS x
        WHERE k.id = machine.rule_id;
    END IF;
END
$$;
COMMENT ON FUNCTION alarm.samples(alarm.signal, timestamptz, timestamptz) IS
    'All samples that are in of what a machine judges, from a time on, in order: the readings, or what alarm.series '
    'makes of them, as far as the job has come (until). For alarm.revise.';
REVOKE ALL ON FUNCTION alarm.samples(alarm.signal, timestamptz, timestamptz) FROM PUBLIC;
