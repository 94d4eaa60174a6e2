CREATE OR REPLACE FUNCTION auth.may_act_for_others() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
-- session_user, not current_user or a setting: SET ROLE and SET cannot change it (a superuser is a member of everything)
RETURN pg_has_role(session_user, 'thin', 'MEMBER');
COMMENT ON FUNCTION auth.may_act_for_others() IS
    'Whether this login speaks for others: thin does, which has checked their tokens. What anybody else writes into the settings millwright.* or into an argument actor is not believed.';
REVOKE ALL ON FUNCTION auth.may_act_for_others() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.may_act_for_others() TO anonymous, viewer;
