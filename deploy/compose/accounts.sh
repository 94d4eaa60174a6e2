#!/bin/sh
# accounts.sh: run by the compose service of that name after the migration, with psql of the database image.
# Gives the log-in roles their passwords and makes the first administrator. Everything goes in on standard input.
set -eu
secret() { cat "/run/secrets/$1"; }
psql -X -q -v ON_ERROR_STOP=1 -d "$(secret admin_database_url)" <<END
\set thin '$(secret thin_password)'
\set trainer '$(secret trainer_password)'
\set reader '$(secret grafana_reader_password)'
\set email '$ADMIN_EMAIL'
\set password '$(secret admin_password)'
-- in the server's other databases every login could write large objects and temporary tables, and fill the disk
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
ALTER ROLE thin PASSWORD :'thin';
ALTER ROLE trainer PASSWORD :'trainer';
ALTER ROLE grafana_reader PASSWORD :'reader';
-- Only while there is none: a password that was changed since stays as it is.
SELECT auth.bootstrap_admin(:'email', :'password') ->> 'outcome' AS administrator
WHERE NOT EXISTS (SELECT FROM auth.account WHERE role = 'admin');
END
