-- Whether there is such a publication.
SELECT pubname FROM pg_publication WHERE pubname = :'name'
