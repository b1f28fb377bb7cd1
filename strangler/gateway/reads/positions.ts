// Positions, `<incarnation>~<epoch>~<lsn>`: how far a side's database was when it answered. They come from callers too, so
// nothing is believed that has not their form.

interface Position {
  /** Positions of two databases are never compared. */
  readonly incarnation: string;
  readonly epoch: number;
  readonly lsn: bigint;
}

/** By the capability. */
export type Positions = Readonly<Record<string, string>>;

const FORM = /^([0-9a-f]{32})~(\d{1,9})~([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i;
/** No more is looked at. */
const MAX_LENGTH = 1_000;

function parse(text: string): Position | undefined {
  const [, incarnation = '', epoch, high, low] = FORM.exec(text) ?? [];
  if (incarnation === '') return undefined;
  const lsn = (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
  return { incarnation: incarnation.toLowerCase(), epoch: Number(epoch), lsn };
}

/**
 * Reads `catalog=<position>`, several joined by the separator.
 * @returns what can be read of the given capabilities; never throws.
 */
export function readPositions(text: string, separator: string, capabilities: readonly string[]): Positions {
  if (text.length > MAX_LENGTH) return {};
  const pairs = text.split(separator).map((part): readonly [string, string] => {
    const [, capability = '', position = ''] = /^\s*([a-z]+)=(\S+?)\s*$/.exec(part) ?? [];
    return [capability, position];
  });
  return Object.fromEntries(
    pairs.filter(([name, position]) => capabilities.includes(name) && parse(position) !== undefined),
  );
}

export const writePositions = (positions: Positions, separator: string): string =>
  Object.entries(positions)
    .map(([capability, position]) => `${capability}=${position}`)
    .join(separator);

/** @returns the later of two that one database gave out; undefined where they are of two, which cannot be compared. */
export function latest(one: string, other: string): string | undefined {
  const [left, right] = [parse(one), parse(other)];
  if (left === undefined || right === undefined || left.incarnation !== right.incarnation) return undefined;
  if (left.epoch !== right.epoch) return left.epoch > right.epoch ? one : other;
  return left.lsn > right.lsn ? one : other;
}

/** Whether ownership has moved from the one to the other. */
export const isOfLaterEpoch = (one: string, than: string): boolean =>
  (parse(one)?.epoch ?? 0) > (parse(than)?.epoch ?? 0);
