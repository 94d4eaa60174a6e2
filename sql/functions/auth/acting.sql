CREATE OR REPLACE FUNCTION auth.acting(claimed text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_actor text := auth.actor();
BEGIN
    IF coalesce(claimed, '') IN ('', v_actor) THEN
        RETURN v_actor;
    ELSIF auth.may_act_for_others() THEN
        RETURN claimed;
    END IF;
    RAISE WARNING USING MESSAGE = format('recorded as %s, who is logged in; not as %s', v_actor, claimed),
        HINT = 'Only thin acts for others, after it has checked who they are.';
    RETURN v_actor;
END
$$;
COMMENT ON FUNCTION auth.acting(text) IS
    'Whose name a change is recorded under: the session''s (auth.actor), whatever is claimed. Only thin and superusers may name somebody else. Every function with an argument actor passes it through this.';
REVOKE ALL ON FUNCTION auth.acting(text) FROM PUBLIC;
