CREATE OR REPLACE FUNCTION relay.retry_delivery(delivery_id bigint) RETURNS boolean
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH retried AS (
        UPDATE relay.delivery AS d
        SET status = 'pending', attempts = 0, next_attempt_at = clock_timestamp(), claimed_by = NULL,
            claimed_until = NULL
        WHERE d.id = retry_delivery.delivery_id AND d.status = 'dead'
        RETURNING 1
    ), woken AS (
        SELECT pg_notify('millwright_deliveries', '') FROM retried
    )
    SELECT EXISTS (SELECT FROM woken)
$$;
COMMENT ON FUNCTION relay.retry_delivery(bigint) IS
    'Sends a dead letter again, with a fresh count of attempts. False where there is no such dead letter.';
REVOKE ALL ON FUNCTION relay.retry_delivery(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay.retry_delivery(bigint) TO engineer;
