-- The tables of a schema, as far as both sides have to agree on them, and what would keep one from replicating.
SELECT c.relname AS "table",
       obj_description(c.oid, 'pg_class') LIKE 'strangler: %' IS TRUE AS installed,
       c.relkind = 'p' AS partitioned,
       c.relpersistence = 'u' AS unlogged,
       c.relreplident IN ('i', 'f') OR (c.relreplident = 'd' AND EXISTS (
         SELECT FROM pg_index WHERE indrelid = c.oid AND indisprimary AND indimmediate
       )) AS identifiable,
       pg_has_role(c.relowner, 'USAGE') AS ours,
       (SELECT jsonb_object_agg(
                 attname,
                 concat_ws(' ', format_type(atttypid, atttypmod),
                   CASE WHEN attnotnull THEN 'not null' END,
                   CASE WHEN attgenerated <> '' THEN 'generated' END,
                   (SELECT 'collate ' || collname FROM pg_collation WHERE pg_collation.oid = attcollation
                     AND collname <> 'default')))
        FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS columns,
       (SELECT string_agg(attname, ', ' ORDER BY place)
        FROM pg_index, unnest(indkey) WITH ORDINALITY AS key (attnum, place), pg_attribute
        WHERE indrelid = c.oid AND CASE c.relreplident WHEN 'i' THEN indisreplident ELSE indisprimary END
          AND attrelid = c.oid AND pg_attribute.attnum = key.attnum) AS key,
       -- Of serial and of identity columns alike.
       (SELECT string_agg(attname, ', ' ORDER BY attname) FROM pg_depend, pg_class AS sequence, pg_attribute
        WHERE refobjid = c.oid AND deptype IN ('a', 'i') AND classid = 'pg_class'::regclass
          AND sequence.oid = objid AND sequence.relkind = 'S'
          AND attrelid = c.oid AND attnum = refobjsubid) AS sequences
FROM pg_class AS c
WHERE c.relnamespace = to_regnamespace(quote_ident(:'schema')) AND c.relkind IN ('r', 'p')
ORDER BY c.relname
