// What kind of difference it is, for whoever looks for its cause: rows that lack, rows too many, rows that say something
// else, rows in another order, rows under each other's ids.
import { bodyOf, type HttpAnswer } from './http-answer.ts';
import { idOf, isRecord } from './compare.ts';

export type Kind =
  /** The service has nothing there, or a list without it. */
  | 'missing'
  /** The service has something that the monolith does not have. */
  | 'extra'
  /** In a list: the same records, under each other's ids. A single answer shows only that its fields differ. */
  | 'swapped_ids'
  /** In a list: the same records in another order. */
  | 'wrong_order'
  | 'changed_field'
  /** One of them refuses what the other one does not, and not because there is nothing. */
  | 'status';

/** @param monolith an answer that differs from the service's. */
export function kindOf(monolith: HttpAnswer, service: HttpAnswer): Kind {
  if (monolith.status !== service.status) {
    if (isOk(monolith) && service.status === 404) return 'missing';
    if (monolith.status === 404 && isOk(service)) return 'extra';
    return 'status';
  }
  const [left, right] = [bodyOf(monolith), bodyOf(service)];
  if (!isRecord(left) || !isRecord(right)) return 'changed_field';
  const kinds = Object.keys(left).map((member) => kindOfLists(left[member], right[member]));
  return kinds.find((kind) => kind !== undefined) ?? 'changed_field';
}

const isOk = ({ status }: HttpAnswer): boolean => status >= 200 && status < 300;

/** @returns undefined for what are not lists of records, and for lists of the same records in the same order. */
function kindOfLists(left: unknown, right: unknown): Kind | undefined {
  const [ours, theirs] = [namedRecords(left), namedRecords(right)];
  if (ours === undefined || theirs === undefined) return undefined;
  if (areSwapped(ours, theirs)) return 'swapped_ids';

  const lacking = new Set([...ours.keys()].filter((id) => !theirs.has(id)));
  const added = new Set([...theirs.keys()].filter((id) => !ours.has(id)));
  // A page that lacks a record ends with one of the next page, and one with a record too many ends before its time.
  if (lacking.size > 0 && added.size > 0)
    return isAtEnd(lacking, ours) && !isAtEnd(added, theirs) ? 'extra' : 'missing';
  if (lacking.size > 0) return 'missing';
  if (added.size > 0) return 'extra';

  // Another field may be why the order is another one, not the other way round.
  if ([...ours].some(([id, content]) => theirs.get(id) !== content)) return 'changed_field';
  return [...ours.keys()].join() === [...theirs.keys()].join() ? undefined : 'wrong_order';
}

/** Two contents or more that both have, each under an id that another one of them has there. */
function areSwapped(ours: ReadonlyMap<string, string>, theirs: ReadonlyMap<string, string>): boolean {
  const idThere = new Map([...theirs].map(([id, content]) => [content, id]));
  const moved = [...ours].flatMap(([id, content]) => {
    const other = idThere.get(content);
    return other === undefined || other === id ? [] : [[id, other] as const];
  });
  const before = new Set(moved.map(([id]) => id));
  return moved.length > 1 && moved.every(([, other]) => before.has(other));
}

const isAtEnd = (ids: ReadonlySet<string>, list: ReadonlyMap<string, string>): boolean =>
  [...list.keys()].slice(-ids.size).every((id) => ids.has(id));

/** By its id what each record says but for the id, in the order of the list. */
function namedRecords(list: unknown): ReadonlyMap<string, string> | undefined {
  if (!Array.isArray(list)) return undefined;
  const named = (list as readonly unknown[]).map((record) => [idOf(record), contentOf(record)] as const);
  const known = named.filter((each): each is [string, string] => each[0] !== undefined);
  return known.length === named.length ? new Map(known) : undefined;
}

const contentOf = (record: unknown): string =>
  isRecord(record)
    ? JSON.stringify(
        Object.entries(record)
          .filter(([, value]) => value !== idOf(record))
          .sort(([left], [right]) => (left < right ? -1 : 1)),
      )
    : '';
