CREATE OR REPLACE FUNCTION plant.advise() RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_window CONSTANT interval := ops.setting_interval('plant.advice_stop_window');
    v_stop_hours CONSTANT float8 := extract(epoch FROM ops.setting_interval('plant.advice_stop')) / 3600;
    v_ahead CONSTANT timestamptz := now() + ops.setting_interval('plant.advice_ahead');
    v_new record;
    v_location text;
    v_stops timestamptz[];
    v_at timestamptz;
    v_cost float8;
    v_rate float8;
    v_least float8;
    v_rows plant.advice[] := '{}';
    v_proposed integer := 0;
BEGIN
    PERFORM ops.lock('plant.advise');
    -- A loop, because whether a machine joins a stop depends on the stops that those before it have made.
    FOR v_new IN
        SELECT a.*, coalesce(a.location, E'\n' || a.equipment_id) AS place FROM report.advice() AS a
        ORDER BY 16, a.act_at NULLS LAST, a.equipment_id
    LOOP
        IF v_location IS DISTINCT FROM v_new.place THEN
            v_location := v_new.place;
            -- what is planned there anyway
            v_stops := ARRAY(
                SELECT p.at
                FROM (SELECT m.equipment_id, m.starts_at AS at FROM plant.maintenance AS m WHERE m.status = 'planned'
                      UNION ALL
                      SELECT w.equipment_id, w.planned_from FROM plant.work_order AS w
                      WHERE w.status = 'planned' AND w.maintenance_id IS NULL) AS p
                JOIN plant.equipment AS e ON e.id = p.equipment_id
                WHERE p.at > now() AND isfinite(p.at) AND coalesce(e.location, E'\n' || e.id) = v_location);
        END IF;
        v_at := NULL;
        v_cost := NULL;
        IF v_new.act_at IS NOT NULL AND (v_new.decided).failure IS NOT NULL THEN
            v_rate := coalesce(v_new.best_cost_per_hour, v_new.failing_cost_per_hour);
            v_least := plant.advice_excess(v_new.decided, extract(epoch FROM v_new.act_at - now())::float8 / 3600,
                                           v_rate);
            SELECT s.at, plant.advice_excess(v_new.decided, extract(epoch FROM s.at - now())::float8 / 3600, v_rate)
                         - v_least
            INTO v_at, v_cost
            FROM unnest(v_stops) AS s (at)
            WHERE s.at BETWEEN v_new.act_at - v_window AND v_new.act_at + v_window
              AND (s.at > v_new.latest_safe_at) IS NOT TRUE
            ORDER BY 2, 1 LIMIT 1;
            IF v_cost >= v_new.downtime_per_hour * v_stop_hours THEN
                v_at := NULL;
            END IF;
        END IF;
        IF v_at IS NULL AND v_new.act_at IS NOT NULL THEN
            v_stops := v_stops || v_new.act_at;
            v_cost := 0;
        END IF;
        v_rows := v_rows || ROW(
            v_new.equipment_id, v_new.component_id, v_new.run_began_at, clock_timestamp(), v_new.best_at,
            v_new.best_cost_per_hour, v_new.failing_cost_per_hour, v_new.accepted_risk, v_new.latest_safe_at,
            v_new.act_at, coalesce(v_at, v_new.act_at), '{}', v_cost, v_new.reason,
            v_new.basis)::plant.advice;
    END LOOP;

    INSERT INTO plant.advice AS x
    SELECT r.equipment_id, r.component_id, r.run_began_at, r.made_at, r.best_at, r.best_cost_per_hour,
           r.failing_cost_per_hour, r.risk, r.latest_safe_at, r.act_at, r.stop_at,
           -- those that are done at the same moment in the same place
           coalesce(array_agg(o.equipment_id ORDER BY o.equipment_id) FILTER (WHERE o.equipment_id IS NOT NULL), '{}'),
           r.moving_cost, r.reason, r.basis
    FROM unnest(v_rows) AS r
    JOIN plant.equipment AS e ON e.id = r.equipment_id
    LEFT JOIN (
        SELECT u.equipment_id, u.stop_at, m.location FROM unnest(v_rows) AS u
        JOIN plant.equipment AS m ON m.id = u.equipment_id
        UNION
        SELECT p.equipment_id, p.starts_at, m.location FROM plant.maintenance AS p
        JOIN plant.equipment AS m ON m.id = p.equipment_id WHERE p.status = 'planned'
        UNION
        SELECT w.equipment_id, w.planned_from, m.location FROM plant.work_order AS w
        JOIN plant.equipment AS m ON m.id = w.equipment_id WHERE w.status = 'planned'
    ) AS o ON o.stop_at = r.stop_at AND o.location = e.location AND o.equipment_id <> r.equipment_id
    GROUP BY r.equipment_id, r.component_id, r.run_began_at, r.made_at, r.best_at, r.best_cost_per_hour,
             r.failing_cost_per_hour, r.risk, r.latest_safe_at, r.act_at, r.stop_at, r.moving_cost, r.reason, r.basis
    ON CONFLICT (equipment_id) DO UPDATE SET
        component_id = excluded.component_id, run_began_at = excluded.run_began_at, made_at = excluded.made_at,
        best_at = excluded.best_at, best_cost_per_hour = excluded.best_cost_per_hour,
        failing_cost_per_hour = excluded.failing_cost_per_hour, risk = excluded.risk,
        latest_safe_at = excluded.latest_safe_at, act_at = excluded.act_at, stop_at = excluded.stop_at,
        stop_with = excluded.stop_with, moving_cost = excluded.moving_cost, reason = excluded.reason,
        basis = excluded.basis;
    DELETE FROM plant.advice AS x
    WHERE NOT EXISTS (SELECT FROM unnest(v_rows) AS r WHERE r.equipment_id = x.equipment_id);

    IF ops.setting_bool('plant.advice_propose') THEN
        WITH wanted AS MATERIALIZED (
            SELECT a.*, c.name AS component
            FROM plant.advice AS a
            LEFT JOIN plant.component AS c ON c.id = a.component_id
            WHERE a.stop_at <= v_ahead
              AND NOT EXISTS (SELECT FROM plant.advice_order AS o
                              WHERE o.equipment_id = a.equipment_id AND o.run_began_at = a.run_began_at
                                AND o.component_id IS NOT DISTINCT FROM a.component_id)
              -- somebody has thought of it
              AND NOT EXISTS (SELECT FROM plant.work_order AS w
                              WHERE w.equipment_id = a.equipment_id AND w.kind <> 'inspection'
                                AND w.status IN ('proposed', 'planned', 'in_progress')
                                AND (w.component_id = a.component_id) IS NOT FALSE)
        ), opened AS (
            INSERT INTO plant.work_order (
                equipment_id, component_id, kind, title, description, status, planned_from, basis)
            SELECT w.equipment_id, w.component_id, 'preventive',
                   CASE WHEN w.component IS NULL THEN 'Overhaul before it fails'
                        ELSE left('Replace ' || w.component || ' before it fails', 200) END,
                   concat_ws(E'\n',
                       format('Remaining life %s h (%s to %s).', round((w.basis #>> '{estimate,rul_hours}')::numeric),
                              round((w.basis #>> '{estimate,lower_hours}')::numeric),
                              round((w.basis #>> '{estimate,upper_hours}')::numeric)),
                       'Least cost per hour of service: ' || alarm.iso_time(w.best_at) || '.',
                       format('Until %s it fails with a probability of %s %%.', alarm.iso_time(w.latest_safe_at),
                              round((100 * w.risk)::numeric, 2)),
                       'In one stop with ' || nullif(array_to_string(w.stop_with, ', '), '') || '.'),
                   'proposed', greatest(w.stop_at, now()),
                   jsonb_build_object('proposed_by', 'job plant.advise', 'act_at', alarm.iso_time(w.act_at),
                                      'best_at', alarm.iso_time(w.best_at),
                                      'latest_safe_at', alarm.iso_time(w.latest_safe_at), 'risk', w.risk,
                                      'best_cost_per_hour', w.best_cost_per_hour,
                                      'failing_cost_per_hour', w.failing_cost_per_hour) || w.basis
            FROM wanted AS w
            RETURNING id, equipment_id
        ), booked AS (
            INSERT INTO plant.advice_order (equipment_id, component_id, run_began_at, work_order_id)
            SELECT w.equipment_id, w.component_id, w.run_began_at, o.id
            FROM opened AS o JOIN wanted AS w ON w.equipment_id = o.equipment_id
            RETURNING 1
        )
        SELECT count(*) INTO v_proposed FROM booked;
    END IF;
    RETURN format('%s machines, %s work orders proposed', cardinality(v_rows), v_proposed);
END
$$;
COMMENT ON FUNCTION plant.advise() IS
    'Job: writes plant.advice (report.advice), finds for each machine the stop to do it in, and opens a work order, '
    'status proposed, for each life that is to be ended within the setting plant.advice_ahead: one a life, none where '
    'one is open. A replacement joins another stop of its location (planned, or of another machine) within the setting '
    'plant.advice_stop_window, not after latest_safe_at, if moving it costs less than the stop that is saved: '
    'plant.advice_stop times what an hour of standing still costs. Off: setting plant.advice_propose.';
REVOKE ALL ON FUNCTION plant.advise() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plant.advise() TO engineer;
