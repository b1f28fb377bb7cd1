-- Rows as the owner has them, from their texts.
INSERT INTO :"schema".:"table" (:(written)) OVERRIDING SYSTEM VALUE
SELECT :(casts) FROM jsonb_array_elements($1::jsonb) AS row
