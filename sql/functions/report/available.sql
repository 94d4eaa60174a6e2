CREATE OR REPLACE FUNCTION report.available(running interval, idle interval, stopped interval) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (extract(epoch FROM running + idle) / nullif(extract(epoch FROM running + idle + stopped), 0))::float8
$$;
COMMENT ON FUNCTION report.available(interval, interval, interval) IS
    'Availability, 0 to 1: the share of the time of which the state is known in which a machine ran or could have. NULL: none is known.';
REVOKE ALL ON FUNCTION report.available(interval, interval, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.available(interval, interval, interval) TO viewer;
