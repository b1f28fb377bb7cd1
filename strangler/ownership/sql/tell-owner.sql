-- Lets whoever may use the schema know who owns it: what an earlier version installed was not to be read by them.
GRANT SELECT ON :"schema".ownership TO PUBLIC
