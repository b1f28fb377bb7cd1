-- One trigger of one table.
DROP TRIGGER IF EXISTS :"trigger" ON :"schema".:"table"
