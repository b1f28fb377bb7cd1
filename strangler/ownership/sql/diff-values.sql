-- Some rows of a table, whole: every column's value as its text.
SELECT ARRAY[:(keyTexts)] AS key, jsonb_object(ARRAY[:'columns'], ARRAY[:(columnTexts)])::text AS values, xmin::text AS writer
FROM ONLY :"schema".:"table"
WHERE (:"key") IN (:(keys))
