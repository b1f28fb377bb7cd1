-- Which cluster this is, and what the login may do there.
SELECT system_identifier::text,
       current_setting('server_version_num')::int AS version,
       rolname AS login,
       rolsuper AS superuser
FROM pg_control_system(), pg_roles
WHERE rolname = current_user
