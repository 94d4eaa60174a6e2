CREATE OR REPLACE FUNCTION api.confirm_advice(
    id bigint, planned_from timestamptz DEFAULT NULL, planned_to timestamptz DEFAULT NULL, assignee text DEFAULT NULL
) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    v_old plant.work_order;
    v_new plant.work_order;
    v_table text;
    v_constraint text;
BEGIN
    IF length(assignee) > 200 THEN
        PERFORM alarm.refuse('MW422', 'assignee', 'assignee must have at most 200 characters');
    END IF;
    SELECT w.* INTO v_old FROM plant.work_order AS w
    JOIN plant.advice_order AS o ON o.work_order_id = w.id
    WHERE w.id = confirm_advice.id FOR UPDATE OF w;
    IF v_old.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = 'no work order with this id was proposed';
    ELSIF v_old.status <> 'proposed' THEN
        RAISE EXCEPTION USING ERRCODE = 'MW409', COLUMN = 'status',
            MESSAGE = format('the work order is %s', v_old.status);
    END IF;
    BEGIN
        UPDATE plant.work_order AS w SET status = 'planned',
            planned_from = coalesce(confirm_advice.planned_from, w.planned_from),
            planned_to = coalesce(confirm_advice.planned_to, w.planned_to),
            assignee = coalesce(confirm_advice.assignee, w.assignee)
        WHERE w.id = v_old.id RETURNING w.* INTO v_new;
    EXCEPTION WHEN integrity_constraint_violation THEN
        GET STACKED DIAGNOSTICS v_table = TABLE_NAME, v_constraint = CONSTRAINT_NAME;
        PERFORM api.refuse(v_table, v_constraint, SQLSTATE);
        RAISE;
    END;
    PERFORM auth.audit('work_order.confirm', 'work_order', v_new.id::text, api.work_order_json(v_old),
                       api.work_order_json(v_new));
    RETURN api.work_order_json(v_new);
END
$$;
COMMENT ON FUNCTION api.confirm_advice(bigint, timestamptz, timestamptz, text) IS
    'Takes up a work order that advice proposed (plant.advice_order): it is planned from then on, at the time that is '
    'given, else at the one that was proposed. Who does not want it cancels it (PATCH work-orders): for this life it '
    'is not proposed again. MW404, MW409 (it is not proposed any more), MW422.';
REVOKE ALL ON FUNCTION api.confirm_advice(bigint, timestamptz, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.confirm_advice(bigint, timestamptz, timestamptz, text) TO engineer;
