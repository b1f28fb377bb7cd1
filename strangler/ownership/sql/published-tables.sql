-- The tables that a publication has now.
SELECT tablename AS "table" FROM pg_publication_tables WHERE pubname = :'name' ORDER BY 1
