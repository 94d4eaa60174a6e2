CREATE OR REPLACE FUNCTION auth.end_api_keys(p_keys uuid[], p_reason text) RETURNS integer
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE family AS (
        SELECT k.id, p_reason AS reason FROM auth.api_key AS k WHERE k.id = ANY (p_keys)
        UNION ALL
        SELECT k.id, 'parent_revoked' FROM auth.api_key AS k JOIN family AS f ON k.parent_id = f.id
    ), ended AS (
        UPDATE auth.api_key AS k SET revoked_at = now(), revoked_reason = f.reason
        -- one that is named itself ended for that reason, whoever made it
        FROM (SELECT id, coalesce(min(reason) FILTER (WHERE reason = p_reason), 'parent_revoked') AS reason FROM family GROUP BY id) AS f
        WHERE k.id = f.id AND k.revoked_at IS NULL
        RETURNING k.id
    )
    SELECT count(*)::integer FROM ended
$$;
COMMENT ON FUNCTION auth.end_api_keys(uuid[], text) IS
    'Revokes API keys and all that were made with them, and so on. Returns how many. The caller holds the account''s row, so that no key is being made meanwhile.';
REVOKE ALL ON FUNCTION auth.end_api_keys(uuid[], text) FROM PUBLIC;
