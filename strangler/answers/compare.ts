// Whether monolith and service answer alike: what differs, and where.

export interface Difference {
  /** `products[01a20df4-…].price.amount`; empty where the whole answers differ. */
  readonly at: string;
  readonly monolith: unknown;
  readonly service: unknown;
}

/** @returns one entry for each member that differs, in the order of the monolith's; empty where there is none. */
export function compareAnswers(monolith: unknown, service: unknown, at = ''): readonly Difference[] {
  if (Object.is(monolith, service)) return [];
  if (Array.isArray(monolith) && Array.isArray(service)) {
    const [ours, theirs]: readonly unknown[][] = [monolith, service];
    return Array.from({ length: Math.max(monolith.length, service.length) }, (_, index) => {
      const [left, right] = [ours?.[index], theirs?.[index]];
      return compareAnswers(left, right, `${at}[${idOf(left) ?? idOf(right) ?? index}]`);
    }).flat();
  }
  if (isRecord(monolith) && isRecord(service)) {
    const members = new Set([...Object.keys(monolith), ...Object.keys(service)]);
    return [...members].flatMap((member) =>
      compareAnswers(monolith[member], service[member], at === '' ? member : `${at}.${member}`),
    );
  }
  return [{ at, monolith, service }];
}

export const formatDifference = ({ at, monolith, service }: Difference): string =>
  `${at === '' ? 'the answer' : at} is ${JSON.stringify(monolith)} at the monolith, ${JSON.stringify(service)} at the service`;

/** Whoever reads of a difference wants to know whose it is, not which place it had. A category is known by its slug. */
export function idOf(value: unknown): string | undefined {
  const id = isRecord(value) ? (value['id'] ?? value['slug']) : undefined;
  return typeof id === 'string' ? id : undefined;
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
