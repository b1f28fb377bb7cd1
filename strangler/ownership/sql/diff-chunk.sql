-- The next rows of a table in the order of its key: how many, their digest, and the key of the last of them.
WITH chunk AS MATERIALIZED (
  SELECT ARRAY[:(keyTexts)] AS key,
         hashtextextended(ROW(:"columns")::text, 0)::numeric AS digest,
         row_number() OVER (ORDER BY :"key") AS place
  FROM ONLY :"schema".:"table"
  WHERE :(range)
  ORDER BY :"key" LIMIT $1
)
SELECT count(*)::float8 AS rows,
       count(*) || ':' || coalesce(sum(digest), 0) AS digest,
       (SELECT key FROM chunk ORDER BY place DESC LIMIT 1) AS last
FROM chunk
