CREATE OR REPLACE FUNCTION relay.channel_variables(kind text, target text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_remove(ARRAY[
        CASE WHEN target LIKE 'env:%' THEN substr(target, 5) END,
        CASE kind WHEN 'email' THEN 'SMTP_URL' WHEN 'slack_bot' THEN 'SLACK_BOT_TOKEN' END], NULL)
$$;
COMMENT ON FUNCTION relay.channel_variables(text, text) IS
    'Names of the environment variables that thin needs to send to a channel of this kind and target: the one that '
    'target names, and what the way there needs (SMTP_URL, SLACK_BOT_TOKEN).';
REVOKE ALL ON FUNCTION relay.channel_variables(text, text) FROM PUBLIC;
