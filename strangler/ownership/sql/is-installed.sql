-- Whether the schema has the ownership table of replication, and not one of its own by that name.
SELECT EXISTS (
  SELECT FROM pg_class
  WHERE relnamespace = to_regnamespace(quote_ident(:'schema')) AND relname = 'ownership'
    AND obj_description(oid, 'pg_class') LIKE 'strangler: %'
) AS installed
