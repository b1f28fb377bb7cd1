-- Whether the schema has the ownership table of replication, and not one of its own by that name.
SELECT obj_description(to_regclass(format('%I.ownership', :'schema'::text)), 'pg_class') LIKE 'strangler: %' IS TRUE AS installed
