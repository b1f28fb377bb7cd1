-- The rows of a range, each with its key and its digest; several may be alike where the table has no key.
SELECT ARRAY[:(keyTexts)] AS key,
       count(*) || ':' || sum(hashtextextended(ROW(:"columns")::text, 0)::numeric) AS digest
FROM ONLY :"schema".:"table"
WHERE :(range)
GROUP BY 1
