CREATE OR REPLACE FUNCTION api.save_channel(p_id integer, p_members jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp SET intervalstyle = 'iso_8601'
AS $$
DECLARE
    c_defaults CONSTANT jsonb := jsonb '{"enabled": true, "available": true, "max_attempts": 12, "first_delay": "PT1S",
        "longest_delay": "PT10M", "request_timeout": "PT10S", "headers": {}}';
    v_old relay.channel;
    v_new relay.channel;
    v_constraint text;
BEGIN
    IF p_id IS NOT NULL THEN
        SELECT * INTO v_old FROM relay.channel WHERE id = p_id FOR UPDATE;
        IF v_old.id IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = 'there is no channel with this id';
        END IF;
        v_new := jsonb_populate_record(v_old, p_members);
    ELSE
        v_new := jsonb_populate_record(NULL::relay.channel, c_defaults || p_members);
    END IF;
    IF v_new.longest_delay < v_new.first_delay OR v_new.first_delay <= INTERVAL '0'
       OR v_new.request_timeout <= INTERVAL '0' THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'longest_delay',
            MESSAGE = 'first_delay and request_timeout must be positive, longest_delay at least first_delay';
    END IF;
    IF v_new.request_timeout > INTERVAL '5 minutes' OR v_new.longest_delay > INTERVAL '7 days' THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = 'request_timeout is at most PT5M, longest_delay at most P7D',
            COLUMN = CASE WHEN v_new.request_timeout > INTERVAL '5 minutes' THEN 'request_timeout'
                          ELSE 'longest_delay' END;
    END IF;
    BEGIN
        IF p_id IS NULL THEN
            INSERT INTO relay.channel (name, kind, target, language, enabled, max_attempts, first_delay, longest_delay,
                                       request_timeout, headers,
                rate, digest_over,
                -- a channel that names a variable waits until a thin says that it has it (relay.declare_environment)
                available)
            VALUES (v_new.name, v_new.kind, v_new.target, v_new.language, v_new.enabled, v_new.max_attempts,
                    v_new.first_delay,
                v_new.longest_delay, v_new.request_timeout, v_new.headers, v_new.rate, v_new.digest_over,
                relay.channel_variables(v_new.kind, v_new.target) = '{}')
            RETURNING * INTO v_new;
        ELSE
            UPDATE relay.channel SET name = v_new.name, kind = v_new.kind, target = v_new.target,
                language = v_new.language,
                enabled = v_new.enabled, max_attempts = v_new.max_attempts, first_delay = v_new.first_delay,
                longest_delay = v_new.longest_delay, request_timeout = v_new.request_timeout, headers = v_new.headers,
                rate = v_new.rate, digest_over = v_new.digest_over,
                available = CASE WHEN (v_new.kind, v_new.target) = (v_old.kind, v_old.target) THEN v_old.available
                    ELSE relay.channel_variables(v_new.kind, v_new.target) = '{}' END
            WHERE id = p_id RETURNING * INTO v_new;
        END IF;
    EXCEPTION
        WHEN unique_violation THEN
            RAISE EXCEPTION
                USING ERRCODE = 'MW409', COLUMN = 'name', MESSAGE = format('there is a channel %s', v_new.name);
        WHEN check_violation THEN
            GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
            IF v_constraint <> 'channel_target_check' THEN
                RAISE;
            END IF;
            RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'target',
                MESSAGE = format('target must be %s or env:NAME',
                                 CASE v_new.kind WHEN 'email' THEN 'mailto:address[,address…], role:NAME'
                    WHEN 'slack_bot' THEN 'slack:ID of a channel or user' ELSE 'an http(s) URL' END);
    END;
    PERFORM auth.audit(CASE WHEN p_id IS NULL THEN 'channel.create' ELSE 'channel.update' END, 'channel',
                       v_new.id::text,
        CASE WHEN p_id IS NOT NULL THEN api.channel_json(v_old) END, api.channel_json(v_new));
    RETURN api.channel_json(v_new);
END
$$;
COMMENT ON FUNCTION api.save_channel(integer, jsonb) IS
    'Adds a channel (no id) or changes one by checked members. Called by api.create_channel and api.update_channel.';
REVOKE ALL ON FUNCTION api.save_channel(integer, jsonb) FROM PUBLIC;
