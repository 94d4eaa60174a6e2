CREATE OR REPLACE FUNCTION alarm.baseline_cell(sensor_id integer, parameters jsonb, "at" timestamptz) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_jsonb(b) - 'sensor_id' - 'learned_at'
    FROM alarm.baseline AS b
    WHERE b.sensor_id = $1
      AND b.state = CASE WHEN $2 ->> 'state' = 'each' THEN (
              SELECT u.state FROM plant.sensor AS s CROSS
              JOIN LATERAL alarm.state_runs(s.equipment_id, $3, $3, ($2 ->> 'window')::interval) AS u
              WHERE s.id = $1 AND u.since <= $3 AND u.until > $3)
          ELSE coalesce($2 ->> 'state', '*') END
      AND b.hour_of_week IN (-1, CASE WHEN $2 ? 'season' THEN alarm.hour_of_week($3, plant.time_zone()) END)
    ORDER BY b.hour_of_week DESC
    LIMIT 1
$$;
COMMENT ON FUNCTION alarm.baseline_cell(integer, jsonb, timestamptz) IS
    'The baseline (state, hour of the week, centre, spread …) that a baseline rule with these parameters holds a '
    'sensor''s value of a moment against, as it is known now.';
REVOKE ALL ON FUNCTION alarm.baseline_cell(integer, jsonb, timestamptz) FROM PUBLIC;
