CREATE OR REPLACE FUNCTION ml.training_log_tail(log text, line text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
    SELECT CASE WHEN coalesce(line, '') = '' THEN log ELSE right(
        log || to_char(clock_timestamp(), 'YYYY-MM-DD"T"HH24:MI:SS"Z" ')
            -- one line, of which no single one fills the log
            || left(regexp_replace(line, '[[:cntrl:]]+', ' ', 'g'), 1000) || E'\n',
        ops.setting_int('ml.training_log')) END
$$;
COMMENT ON FUNCTION ml.training_log_tail(text, text) IS
    'A training''s log with one more line (at most 1000 characters of it) and its time (UTC); of the whole, the last '
    'setting ml.training_log characters. NULL or empty: as it was.';
REVOKE ALL ON FUNCTION ml.training_log_tail(text, text) FROM PUBLIC;
