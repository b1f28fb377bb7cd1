-- One digest for each of 64 heaps of a table's rows, in which a row lies by its key: count and sum do not mind the order.
SELECT abs(hashtext(key)::bigint) % 64 AS heap, count(*)::text || ':' || sum(digest) AS digest
FROM (
  SELECT ROW(:"key")::text AS key, hashtextextended(ROW(:"columns")::text, 0)::numeric AS digest FROM ONLY :"schema".:"table"
) AS row
GROUP BY 1
