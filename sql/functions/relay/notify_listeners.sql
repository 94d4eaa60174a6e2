CREATE OR REPLACE FUNCTION relay.notify_listeners() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- NOTIFY takes a lock that all committing transactions share: at 1,000 a second they queue up behind it. So the
    -- ingest sessions of thin defer it: thin looks at its own outbox at once and wakes the others at most 100 times a
    -- second.
    IF coalesce(current_setting('millwright.defer_notify', true), 'off') <> 'on' THEN
        PERFORM pg_notify(TG_ARGV[0], '');
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION relay.notify_listeners() IS
    'Trigger: wakes the relays. The notification carries no data, only "look".';
REVOKE ALL ON FUNCTION relay.notify_listeners() FROM PUBLIC;
CREATE OR REPLACE TRIGGER outbox_notify AFTER INSERT ON relay.notification
    FOR EACH STATEMENT EXECUTE FUNCTION relay.notify_listeners('millwright_outbox');
CREATE OR REPLACE TRIGGER delivery_notify AFTER INSERT ON relay.delivery
    FOR EACH STATEMENT EXECUTE FUNCTION relay.notify_listeners('millwright_deliveries');
-- A channel that was added or switched on is looked at now, not after the next notification. Not on changes of
-- "available": the relay makes those itself when it looks, and would wake itself for ever.
CREATE OR REPLACE TRIGGER channel_notify_insert AFTER INSERT ON relay.channel
    FOR EACH STATEMENT EXECUTE FUNCTION relay.notify_listeners('millwright_deliveries');
CREATE OR REPLACE TRIGGER channel_notify_update AFTER UPDATE OF enabled, kind, target ON relay.channel
    FOR EACH STATEMENT EXECUTE FUNCTION relay.notify_listeners('millwright_deliveries');
