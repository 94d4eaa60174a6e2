CREATE OR REPLACE FUNCTION auth.check_password(password text, username text, email text, member text) RETURNS void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_minimum CONSTANT integer := 8;    -- characters
    c_maximum CONSTANT integer := 128;  -- characters
BEGIN
    IF coalesce(length(password), 0) NOT BETWEEN c_minimum AND c_maximum THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = member,
            MESSAGE = format('%s must have %s to %s characters', member, c_minimum, c_maximum);
    END IF;
    IF lower(password) IN (lower(username), lower(email), lower(split_part(email, '@', 1))) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = member,
            MESSAGE = format('%s must not be the user name or the e-mail address', member);
    END IF;
END
$$;
COMMENT ON FUNCTION auth.check_password(text, text, text, text) IS
    'The rules for a new password; MW422 naming the member that carried it. 8 to 128 characters, not the user name, not the e-mail address.';
REVOKE ALL ON FUNCTION auth.check_password(text, text, text, text) FROM PUBLIC;
