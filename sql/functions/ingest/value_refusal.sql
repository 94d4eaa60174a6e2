CREATE OR REPLACE FUNCTION ingest.value_refusal(
    value float8, sensor_id integer, sensor_type text, plausible_min float8, plausible_max float8,
    lowest float8, highest float8, marks float8[], has_spans boolean
) RETURNS text
    -- a parsed body without a subquery: the planner inlines it, and a usual value costs a few comparisons
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN (has_spans OR value = ANY (marks) OR (value BETWEEN lowest AND highest) IS NOT TRUE)
        AND ingest.is_no_value(sensor_id, sensor_type, value) THEN 'no_value'
    WHEN (value BETWEEN coalesce(plausible_min, lowest) AND coalesce(plausible_max,
                                                                     highest)) IS NOT TRUE THEN 'implausible_value'
END;
COMMENT ON FUNCTION ingest.value_refusal(float8, integer, text, float8, float8, float8, float8, float8[], boolean) IS
    'Why a finite value of a known sensor is not stored: no_value (it stands for none, ingest.no_value), '
    'implausible_value (outside the sensor''s plausible_min and plausible_max, or, where these are NULL, the global '
    'range); NULL where it is. The last four arguments: ingest.value_gate(). The one place that decides, for every way '
    'in.';
REVOKE ALL ON FUNCTION ingest.value_refusal(float8, integer, text, float8, float8, float8, float8, float8[], boolean)
    FROM PUBLIC;
