-- One digest of a range of a table's rows: count and sum do not mind the order.
SELECT count(*)::float8 AS rows,
       count(*) || ':' || coalesce(sum(hashtextextended(ROW(:"columns")::text, 0)::numeric), 0) AS digest
FROM ONLY :"schema".:"table"
WHERE :(range)
