-- The planner looks at the table's present size, so that it also knows tables that were never analyzed.
EXPLAIN (FORMAT JSON) SELECT FROM :"schema".:"table"
