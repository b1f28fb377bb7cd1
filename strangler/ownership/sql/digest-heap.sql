-- The rows of some heaps, each with its key; several rows may have one key where the table has none.
SELECT key, count(*)::text || ':' || sum(digest) AS digest
FROM (
  SELECT ROW(:"key")::text AS key, hashtextextended(ROW(:"columns")::text, 0)::numeric AS digest FROM ONLY :"schema".:"table"
) AS row
WHERE abs(hashtext(key)::bigint) % 64 = ANY ($1)
GROUP BY 1
