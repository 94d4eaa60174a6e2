CREATE OR REPLACE FUNCTION report.quality_clocks(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (equipment text, name text, clock_offset interval, wrong_since timestamptz, late bigint,
        unjudged bigint, disowned bigint,
        stepped_at timestamptz)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.equipment_id, c.equipment_name, make_interval(secs => c.offset_seconds), c.wrong_since, c.historical,
        c.unjudged, c.disowned,
           c.stepped_at
    FROM report.clock AS c
    WHERE (c.is_wrong OR c.historical + c.unjudged + c.disowned > 0 OR c.stepped_at IS NOT NULL)
      AND ($3 IS NULL OR c.equipment_id = $3)
    ORDER BY c.is_wrong DESC, c.historical + c.unjudged + c.disowned DESC, c.equipment_id
$$;
COMMENT ON FUNCTION report.quality_clocks(timestamptz, timestamptz, text, text) IS
    'Section: machines whose clock is wrong (setting telemetry.clock_offset_limit) or was, by what it cost: points that came too late for live alarms, that no rule could judge any more, that lay ahead of a clock that was put back (report.clock). As it is now: clocks have no history.';
REVOKE ALL ON FUNCTION report.quality_clocks(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.quality_clocks(timestamptz, timestamptz, text, text) TO viewer;
