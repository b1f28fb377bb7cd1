-- Rows that are to be as the owner has them, or not at all.
DELETE FROM ONLY :"schema".:"table" WHERE (:"key") IN (:(keys))
