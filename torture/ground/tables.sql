-- What the load writes, the same at both sides: a set, registers, accounts, and the keys of what was done.
CREATE SCHEMA torture;
CREATE TABLE torture.keys (key uuid PRIMARY KEY, answer jsonb);
-- Nothing here keeps an element from being added twice: that is what keys are for.
CREATE TABLE torture.elements (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  element bigint NOT NULL,
  epoch bigint NOT NULL,
  side text NOT NULL
);
CREATE TABLE torture.registers (register int PRIMARY KEY, value bigint NOT NULL, version bigint NOT NULL);
CREATE TABLE torture.accounts (account int PRIMARY KEY, balance bigint NOT NULL);

-- Functions lie elsewhere: only tables are replicated.
CREATE SCHEMA torture_calls;

-- Who owns, and what this database is, as a write that has passed the fence finds it.
CREATE FUNCTION torture_calls.stamp(OUT epoch bigint, OUT side text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  SELECT ownership.epoch, identity.side INTO epoch, side FROM torture.ownership, strangler.identity;
END
$$;

-- Does once, under a key, what is asked, and answers alike whenever it is asked again.
CREATE FUNCTION torture_calls.perform(wanted uuid, done uuid, kind text, a bigint, b bigint, c bigint) RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
  stamp record;
  found_value bigint;
  found_version bigint;
  result jsonb;
BEGIN
  INSERT INTO torture.keys (key) VALUES (wanted) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    SELECT answer INTO result FROM torture.keys WHERE key = wanted;
    RETURN result || '{"again": true}';
  END IF;
  stamp := torture_calls.stamp();
  result := jsonb_build_object('epoch', stamp.epoch, 'side', stamp.side);
  IF kind = 'add' THEN
    INSERT INTO torture.elements (element, epoch, side) VALUES (a, stamp.epoch, stamp.side);
  ELSIF kind = 'read' THEN
    SELECT value, version INTO found_value, found_version FROM torture.registers WHERE register = a;
    result := result || jsonb_build_object('value', found_value, 'version', found_version);
  ELSIF kind = 'compare-and-set' THEN
    SELECT value, version INTO found_value, found_version FROM torture.registers WHERE register = a FOR UPDATE;
    IF found_value = b THEN
      found_version := found_version + 1;
      UPDATE torture.registers SET value = c, version = found_version WHERE register = a;
      result := result || jsonb_build_object('set', true, 'value', c, 'version', found_version);
    ELSE
      result := result || jsonb_build_object('set', false, 'value', found_value, 'version', found_version);
    END IF;
  ELSIF kind = 'transfer' THEN
    -- In order, so that two never wait for each other.
    PERFORM FROM torture.accounts WHERE account IN (a, b) ORDER BY account FOR UPDATE;
    UPDATE torture.accounts SET balance = balance - c WHERE account = a;
    UPDATE torture.accounts SET balance = balance + c WHERE account = b;
  ELSE
    RAISE EXCEPTION 'there is no %', kind;
  END IF;
  UPDATE torture.keys SET answer = result WHERE key = wanted;
  -- Its caller has the answer, and will not ask again.
  DELETE FROM torture.keys WHERE key = done;
  RETURN result;
END
$$;
