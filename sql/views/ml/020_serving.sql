CREATE VIEW ml.serving AS
SELECT m.equipment_id, m.power, s.model_version AS serving_version,
       CASE WHEN s.model_version IS NULL THEN 'nothing is ready'
            WHEN c.model_version IS NULL THEN 'newest version, no champion is named'
            WHEN c.model_version = s.model_version THEN 'champion'
            ELSE format('newest version, the champion is %s', cm.status) END AS because,
       c.model_version AS champion, cm.status AS champion_status, cm.status_reason AS champion_reason, c.set_at AS champion_since, c.set_by AS champion_set_by,
       h.model_version AS challenger, hm.status AS challenger_status, h.set_at AS challenger_since
FROM (SELECT DISTINCT x.equipment_id, x.power FROM ml.serve_ml_models AS x) AS m
LEFT JOIN ml.model_alias AS c ON c.equipment_id = m.equipment_id AND c.power = m.power AND c.alias = 'champion'
LEFT JOIN ml.serve_ml_models AS cm ON cm.equipment_id = c.equipment_id AND cm.power = c.power AND cm.model_version = c.model_version
LEFT JOIN ml.model_alias AS h ON h.equipment_id = m.equipment_id AND h.power = m.power AND h.alias = 'challenger'
LEFT JOIN ml.serve_ml_models AS hm ON hm.equipment_id = h.equipment_id AND hm.power = h.power AND hm.model_version = h.model_version
LEFT JOIN LATERAL (
    SELECT r.model_version
    FROM ml.serve_ml_models AS r
    WHERE r.equipment_id = m.equipment_id AND r.power = m.power AND r.status = 'ready'
    ORDER BY r.model_version = c.model_version DESC NULLS LAST, ml.version_key(r.model_version) DESC, r.model_version DESC
    LIMIT 1
) AS s ON true;
COMMENT ON VIEW ml.serving IS
    'Which version answers for each machine and power, and why: the champion, or the newest that is ready where none is named or the champion is away (then there is a system alarm champion:<equipment>/<power>). As ml.resolve_models decides.';
GRANT SELECT ON ml.serving TO viewer;
