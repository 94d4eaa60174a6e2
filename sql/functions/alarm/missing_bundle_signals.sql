CREATE OR REPLACE FUNCTION alarm.missing_bundle_signals(
    condition text, equipment_id text[], bundle_kind text[], power text[]
)
    RETURNS alarm.signal[]
    LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_agg(alarm.as_spoken(w.signal, k.bundle_kind, k.power))
    FROM (
        SELECT DISTINCT u.* FROM unnest($2, $3, $4) AS u (equipment_id, bundle_kind, power)
    ) AS k
    JOIN LATERAL (
        -- any of a rule's signals of the machine will do: they differ in nothing else
        SELECT DISTINCT ON (g.rule_id) g AS signal, g.rule_id
        FROM alarm.signal AS g
        WHERE g.equipment_id = k.equipment_id AND g.condition = $1 AND g.assigned
        ORDER BY g.rule_id, g.id
    ) AS w ON NOT EXISTS (
        SELECT FROM alarm.signal AS x
        WHERE x.rule_id = w.rule_id AND x.equipment_id = k.equipment_id AND x.sensor_id IS NULL
          AND x.bundle_kind IS NOT DISTINCT FROM k.bundle_kind AND x.power IS NOT DISTINCT FROM k.power)
$$;
COMMENT ON FUNCTION alarm.missing_bundle_signals(text, text[], text[], text[]) IS
    'The signals that alarm.bundle_signals has to make; NULL: none.';
REVOKE ALL ON FUNCTION alarm.missing_bundle_signals(text, text[], text[], text[]) FROM PUBLIC;
