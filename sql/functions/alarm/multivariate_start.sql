CREATE OR REPLACE FUNCTION alarm.multivariate_start(equipment_id text) RETURNS TABLE (since timestamptz, because text)
    LANGUAGE sql STABLE ROWS 1
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT x.since, x.because
    FROM (
        SELECT r.since, concat_ws(': ', 'told to learn anew by ' || r.set_by, r.reason) AS because
        FROM alarm.multivariate_reset AS r WHERE r.equipment_id = $1
        UNION ALL
        SELECT l.installed_at, format('a new part in %s', c.name)
        FROM plant.component AS c
        JOIN plant.component_life AS l ON l.component_id = c.id
        WHERE c.equipment_id = $1
        UNION ALL
        -- who looked and found nothing left it as it was
        SELECT w.done_at, format('work order %s: %s', w.id, w.title)
        FROM plant.work_order AS w
        WHERE w.equipment_id = $1 AND w.status = 'done'
          AND (w.kind = 'inspection' AND w.finding = 'nothing') IS NOT TRUE
    ) AS x
    WHERE x.since <= clock_timestamp()
    ORDER BY x.since DESC
    LIMIT 1
$$;
COMMENT ON FUNCTION alarm.multivariate_start(text) IS
    'Since when a machine is as it is, and why: the last maintenance, or the last time somebody said so '
    '(alarm.learn_anew). What was before tells nothing of what is normal. No row: nothing is known to have changed it.';
REVOKE ALL ON FUNCTION alarm.multivariate_start(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.multivariate_start(text) TO viewer;
