-- A channel that was added or switched on is looked at now, not after the next notification. Not on changes of
-- "available": the relay makes those itself when it looks, and would wake itself for ever.
CREATE OR REPLACE TRIGGER channel_notify_insert AFTER INSERT ON relay.channel
    FOR EACH STATEMENT EXECUTE FUNCTION relay.notify_listeners('millwright_deliveries');
CREATE OR REPLACE TRIGGER channel_notify_update AFTER UPDATE OF enabled, kind, target ON relay.channel
    FOR EACH STATEMENT EXECUTE FUNCTION relay.notify_listeners('millwright_deliveries');
