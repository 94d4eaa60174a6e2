CREATE OR REPLACE FUNCTION ml.outcome_late(equipment_id text[], "time" timestamptz[]) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE ml.rul_ended AS d SET is_late = true
    FROM (SELECT DISTINCT n.equipment_id, n.ended_at
          FROM unnest($1, $2) AS t (equipment_id, "time")
          -- none is after now: what is told of now costs one look into the index
          JOIN ml.rul_ended AS n ON n.equipment_id = t.equipment_id AND n.ended_at > t."time"
              AND (n.began_at > t."time") IS NOT TRUE) AS l
    WHERE d.equipment_id = l.equipment_id AND d.ended_at = l.ended_at AND NOT d.is_late
$$;
COMMENT ON FUNCTION ml.outcome_late(text[], timestamptz[]) IS
    'Notes that estimates came for times (arrays of equal length) before an end that was judged already, so that '
    'ml.outcome_judge judges it anew. Called by what stores estimates.';
REVOKE ALL ON FUNCTION ml.outcome_late(text[], timestamptz[]) FROM PUBLIC;
