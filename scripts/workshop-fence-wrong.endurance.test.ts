// Solutions of exercise 03 that are wrong in one place: each fails there, and nowhere else.
import { exerciseFolder, failingWith } from './testing-workshop.ts';

const exercise = exerciseFolder('03-write-the-fence');

test.each([
  [
    'no lock',
    'PERFORM pg_advisory_xact_lock_shared(fence_lock());',
    '',
    'who drains waits for a write that has passed',
  ],
  [
    'a lock that is let go at once',
    'pg_advisory_xact_lock_shared(fence_lock())',
    'pg_advisory_lock_shared(fence_lock()), pg_advisory_unlock_shared(fence_lock())',
    'who drains waits for a write that has passed',
  ],
  [
    'a lock for one writer at a time',
    'pg_advisory_xact_lock_shared(fence_lock())',
    'pg_advisory_xact_lock(fence_lock())',
    'writers do not wait for each other',
  ],
  [
    'the same look at every isolation level',
    'FROM ownership FOR SHARE;',
    'FROM ownership;',
    'the stale snapshot: nor does one that goes on seeing what was before the drain',
  ],
  [
    'a row lock at every isolation level',
    "current_setting('transaction_isolation') = 'read committed'",
    'false',
    'an ordinary write leaves no lock on the row, which all writers would share',
  ],
  ['a question that nothing answers', 'IS NOT TRUE', '= false', 'where no row says who owns, nobody writes'],
  [
    'no path of its own',
    'SET search_path = goods, pg_catalog, pg_temp',
    '',
    'a table of the same name does not open it',
  ],
  [
    'a hole for TRUNCATE',
    ' OR TRUNCATE',
    '',
    'who does not own is refused, by SH001 and with the owner in its detail',
  ],
])('a solution with %s fails where it is wrong, and nowhere else', async (_what, right, wrong, failing) => {
  expect(await failingWith(exercise, 'fence.sql', right, wrong)).toEqual([failing]);
});
