-- Foreign keys that run into the schema, or out of it.
SELECT format('%s (%s → %s)', conname, conrelid::regclass, confrelid::regclass) AS name
FROM pg_constraint
JOIN pg_class AS child ON child.oid = conrelid
JOIN pg_class AS parent ON parent.oid = confrelid
WHERE contype = 'f' AND conparentid = 0
  AND (child.relnamespace = to_regnamespace(quote_ident(:'schema')))
   IS DISTINCT FROM (parent.relnamespace = to_regnamespace(quote_ident(:'schema')))
ORDER BY 1
