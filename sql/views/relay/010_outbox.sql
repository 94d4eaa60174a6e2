CREATE VIEW relay.outbox AS
SELECT n.seq, n.kind, n.event, n.severity, n.equipment_id, n.sensor_id, relay.content(n) AS data, n.created_at, n.transition_id
FROM relay.notification AS n;
COMMENT ON VIEW relay.outbox IS
    'What happened and may interest somebody outside, in delivery order, with what it says (data: the member of that name of the WebSocket message), made when it is read.';
