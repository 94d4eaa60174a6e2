CREATE OR REPLACE FUNCTION report.send_due("now" timestamptz DEFAULT clock_timestamp()) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    -- further back nobody counts what was missed
    c_longest CONSTANT interval := '31 days';
    -- other jobs wait as long: what is left of many is made in the next run
    c_enough CONSTANT interval := '2 seconds';
    v_started timestamptz := clock_timestamp();
    c_first_delay CONSTANT interval := '1 minute';
    c_longest_delay CONSTANT interval := '1 hour';
    s report.schedule;
    v_due timestamptz[];
    v_last timestamptz;
    v_delivery bigint;
    v_sent integer := 0;
    v_sqlstate text;
    v_message text;
    v_attempts integer := ops.setting_int('report.attempts');
BEGIN
    -- One by one: each may fail by itself. Who holds a schedule's row decides its due times; all that follows is committed with it.
    FOR s IN
        SELECT x.*
        FROM report.schedule AS x
        -- a channel that cannot be sent to keeps its due times open
        JOIN relay.channel AS c ON c.id = x.channel_id AND c.enabled AND c.available
        WHERE x.enabled AND x.done_to < send_due.now AND (x.next_attempt_at IS NULL OR x.next_attempt_at <= send_due.now)
        ORDER BY x.attempts, x.id
        FOR UPDATE OF x SKIP LOCKED
    LOOP
        v_due := ARRAY(SELECT d FROM report.due_times(s.times, s.weekdays, plant.time_zone(),
                                                      greatest(s.done_to, send_due.now - c_longest), send_due.now) AS d
                                                          ORDER BY d);
        CONTINUE WHEN v_due = '{}';
        v_last := v_due[cardinality(v_due)];
        INSERT INTO report.run (schedule_id, due_at, status)
        SELECT s.id, d, 'missed' FROM unnest(v_due[:cardinality(v_due) - 1]) AS d
        ON CONFLICT DO NOTHING;
        BEGIN
            INSERT INTO report.run (schedule_id, due_at, status) VALUES (s.id, v_last, 'queued') ON CONFLICT DO NOTHING;
            IF FOUND THEN
                INSERT INTO relay.delivery (channel_id, data) VALUES (s.channel_id, report.content(s, v_last))
                RETURNING id INTO v_delivery;
                UPDATE report.run AS r SET delivery_id = v_delivery WHERE r.schedule_id = s.id AND r.due_at = v_last;
                UPDATE report.run AS r SET told_with = v_last
                WHERE r.schedule_id = s.id AND r.status IN ('missed', 'failed') AND r.told_with IS NULL
                    AND r.due_at < v_last;
                v_sent := v_sent + 1;
            END IF;
            UPDATE report.schedule AS x SET done_to = v_last, attempts = 0, next_attempt_at = NULL, last_error = NULL
            WHERE x.id = s.id;
        -- OTHERS leaves a cancelled statement out
        EXCEPTION WHEN query_canceled OR OTHERS THEN
            GET STACKED DIAGNOSTICS v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT;
            UPDATE report.schedule AS x
            SET attempts = CASE WHEN s.attempts + 1 < v_attempts THEN s.attempts + 1 ELSE 0 END,
                next_attempt_at = CASE WHEN s.attempts + 1 < v_attempts
                    THEN send_due.now + least(c_longest_delay, c_first_delay * 2 ^ least(s.attempts, 20)) END,
                done_to = CASE WHEN s.attempts + 1 < v_attempts THEN x.done_to ELSE v_last END,
                last_error = left(v_sqlstate || ': ' || v_message, 1000)
            WHERE x.id = s.id;
            IF s.attempts + 1 >= v_attempts THEN
                INSERT INTO report.run (schedule_id, due_at, status, error)
                VALUES (s.id, v_last, 'failed', left(v_sqlstate || ': ' || v_message, 1000))
                ON CONFLICT DO NOTHING;
            END IF;
            -- the run of the job has failed, what the others got stays (ops.execute_job)
            PERFORM set_config('millwright.job_failure',
                               left(format('%s: report schedule "%s": %s', v_sqlstate, s.name, v_message), 1000), true);
            -- whatever cancelled this one would cancel the next
            EXIT WHEN v_sqlstate = '57014';
        END;
        EXIT WHEN clock_timestamp() - v_started > c_enough;
    END LOOP;
    IF v_sent > 0 THEN
        PERFORM pg_notify('millwright_deliveries', '');
    END IF;
    DELETE FROM report.run AS r
    WHERE r.decided_at < send_due.now - ops.setting_interval('report.run_retention');
    RETURN v_sent;
END
$$;
COMMENT ON FUNCTION report.send_due(timestamptz) IS
    'Job: makes the reports that are due (report.schedule) and queues their deliveries; of several due times of one schedule the last, with a remark about the others. One that fails is tried again, later each time, and given up after the setting report.attempts. Returns how many were queued. However many call it and whenever they die, each due time is decided once.';
REVOKE ALL ON FUNCTION report.send_due(timestamptz) FROM PUBLIC;
