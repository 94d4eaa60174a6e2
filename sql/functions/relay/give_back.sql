CREATE OR REPLACE FUNCTION relay.give_back(delivery_id bigint, worker text) RETURNS boolean
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE relay.delivery AS d
    SET status = 'pending', attempts = d.attempts - 1, next_attempt_at = clock_timestamp() + c.first_delay,
        claimed_by = NULL, claimed_until = NULL
    FROM relay.channel AS c
    WHERE d.id = give_back.delivery_id AND d.status = 'sending' AND d.claimed_by = give_back.worker
      AND c.id = d.channel_id
    RETURNING true
$$;
COMMENT ON FUNCTION relay.give_back(bigint, text) IS
    'A worker could not try a delivery that it had claimed, through no fault of the receiver''s (the database did not '
    'answer): it waits the channel''s first delay and nothing counts, neither against it nor against its channel. '
    'Returns true, or NULL where the lease had been lost.';
REVOKE ALL ON FUNCTION relay.give_back(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay.give_back(bigint, text) TO thin;
