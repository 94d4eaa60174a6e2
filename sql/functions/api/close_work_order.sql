CREATE OR REPLACE FUNCTION api.close_work_order(id bigint, body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    v_members jsonb := api.check_body(body, 'WorkOrderClose');
    v_done_at timestamptz := coalesce((v_members ->> 'done_at')::timestamptz, now());
    v_failed_at timestamptz;
    v_old plant.work_order;
    v_new plant.work_order;
    v_table text;
    v_constraint text;
BEGIN
    PERFORM plant.check_happened('done_at', v_done_at);
    SELECT x.* INTO v_old FROM plant.work_order AS x WHERE x.id = close_work_order.id FOR UPDATE;
    IF v_old.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = 'there is no work order with this id';
    ELSIF v_old.status IN ('done', 'cancelled') THEN
        RAISE EXCEPTION
            USING ERRCODE = 'MW409', COLUMN = 'status', MESSAGE = format('the work order is %s', v_old.status);
    ELSIF (v_members ->> 'replaced')::boolean AND v_old.component_id IS NULL THEN
        RAISE EXCEPTION
            USING ERRCODE = 'MW422', COLUMN = 'replaced', MESSAGE = 'replaced: the work order names no component',
            HINT = 'An engineer gives it one: PATCH component_id.';
    END IF;
    BEGIN
        UPDATE plant.work_order AS x SET status = 'done', done_at = v_done_at, finding = v_members ->> 'finding',
            found = coalesce(v_members ->> 'found', x.found), cost = coalesce((v_members ->> 'cost')::numeric, x.cost)
        WHERE x.id = v_old.id RETURNING x.* INTO v_new;
        -- the machine stood still until now, if nobody said otherwise
        UPDATE plant.failure AS f SET down_to = v_done_at
        WHERE f.id = v_old.failure_id AND f.down_to IS NULL AND f.down_from < v_done_at AND f.failed_at <= v_done_at;
        IF (v_members ->> 'replaced')::boolean THEN
            -- what failed served until it failed
            SELECT f.failed_at INTO v_failed_at FROM plant.failure AS f WHERE f.id = v_old.failure_id
                AND f.failed_at <= v_done_at;
            UPDATE plant.component_life AS l SET
                removed_at = CASE WHEN v_failed_at > l.installed_at THEN v_failed_at ELSE v_done_at END,
                end_reason = CASE WHEN v_new.finding = 'failed' OR v_failed_at > l.installed_at THEN 'failed'
                                  ELSE 'preventive' END
            WHERE l.component_id = v_old.component_id AND l.removed_at IS NULL;
            INSERT INTO plant.component_life (component_id, installed_at, part, serial_number, source)
            VALUES (v_old.component_id, v_done_at, v_members ->> 'part', v_members ->> 'serial_number',
                format('work order %s', v_old.id));
        END IF;
        UPDATE plant.maintenance AS m SET status = 'done',
            ends_at = CASE WHEN v_done_at > m.starts_at THEN least(m.ends_at, v_done_at) ELSE m.ends_at END
        WHERE m.id = v_old.maintenance_id AND m.status IN ('planned', 'in_progress');
    EXCEPTION WHEN integrity_constraint_violation THEN
        GET STACKED DIAGNOSTICS v_table = TABLE_NAME, v_constraint = CONSTRAINT_NAME;
        -- of the life that ends here, the member is this one
        IF v_table = 'component_life' THEN
            RAISE EXCEPTION USING ERRCODE = 'MW409', COLUMN = 'done_at',
                MESSAGE = 'done_at must be later than the component was installed',
                    DETAIL = plant.constraint_text(v_table, v_constraint);
        END IF;
        PERFORM api.refuse(v_table, v_constraint, SQLSTATE);
        RAISE;
    END;
    PERFORM auth.audit('work_order.close', 'work_order', v_new.id::text, api.work_order_json(v_old),
                       api.work_order_json(v_new));
    RETURN api.work_order_json(v_new);
END
$$;
COMMENT ON FUNCTION api.close_work_order(bigint, jsonb) IS
    'Says that a work order is done and what was found. replaced ends the component''s life (failed, or preventive) '
    'and begins the next; an open downtime of its failure and its maintenance end, too. All or nothing. MW404, MW409 '
    '(it is done or cancelled, or the part went in later), MW422.';
REVOKE ALL ON FUNCTION api.close_work_order(bigint, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.close_work_order(bigint, jsonb) TO operator;
