-- Who may write, as this side has it.
SELECT epoch::float8, attempt::float8, owner, state, target FROM :"schema".ownership
