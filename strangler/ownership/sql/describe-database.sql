-- What both databases have to agree on, and what the login may do in this one.
SELECT pg_encoding_to_char(encoding) AS encoding,
       concat_ws(' ', CASE datlocprovider WHEN 'b' THEN 'builtin' WHEN 'i' THEN 'icu' ELSE 'libc' END,
                 coalesce(datlocale, datcollate), datctype, datcollversion) AS collation,
       to_regnamespace(quote_ident(:'schema')) IS NOT NULL AS has_schema,
       rolsuper OR rolreplication AS may_replicate,
       rolsuper OR pg_has_role('pg_create_subscription', 'USAGE') AS may_subscribe,
       has_database_privilege(current_database(), 'CREATE') AS may_create,
       coalesce(has_schema_privilege(to_regnamespace(quote_ident(:'schema')), 'CREATE'), true) AS may_create_tables,
       (SELECT count(*)::int FROM pg_prepared_xacts WHERE database = current_database()) AS prepared,
       pg_is_in_recovery() AS in_recovery
FROM pg_database, pg_roles
WHERE datname = current_database() AND rolname = current_user
