-- Until this transaction ends nobody can drain the side that owns by now.
SELECT epoch::float8 FROM ONLY :"schema".ownership WHERE owner = :'side' AND state = 'ACTIVE' FOR SHARE
