// The status as text for a terminal; --json gives the same as one object.
import type { Ownership } from './ownership.ts';
import type { DirectionStatus, SideStatus, Status } from './status.ts';

export function formatStatus(status: Status): string {
  const { capability, phase, copying, sides, right, directions, problems } = status;
  const head = `${capability}: ${phase}${copying ? ', first copy under way' : ''}`;
  if (phase === 'monolith') return [head, ...problems.map((problem) => `  ! ${problem}`)].join('\n');
  return [
    head,
    ...(right === null ? [] : [`  writes    ${formatRight(right)}`]),
    ...Object.entries(sides).map(([side, status]) => `  ${side.padEnd(9)} ${formatSide(status)}`),
    ...directions.map((direction) => `  ${formatDirection(direction)}`),
    ...(problems.length === 0 ? ['  no problem is known'] : problems.map((problem) => `  ! ${problem}`)),
  ].join('\n');
}

function formatSide({ database, unreachable, ownership }: SideStatus): string {
  if (unreachable !== null) return `${database}, does not answer`;
  if (ownership === null) return `${database}, no ownership row`;
  const { owner, epoch, state } = ownership;
  return `${database}, says: ${owner} owns, epoch ${epoch}, ${state}`;
}

/** `monolith owns, epoch 1, attempt 1, DRAINING towards the service`. */
export const formatRight = ({ owner, epoch, attempt, state, target }: Ownership): string =>
  `${owner} owns, epoch ${epoch}, attempt ${attempt}, ${state}${target === null ? '' : ` towards the ${target}`}`;

function formatDirection({ from, to, slot, subscription, lagMs, heartbeatAgeMs }: DirectionStatus): string {
  const tables = subscription?.tables ?? [];
  const ready = tables.filter(({ state }) => state === 'ready').length;
  const rest = tables.filter(({ state }) => state !== 'ready').map(({ table, state }) => `${table} ${state}`);
  return [
    `${from} → ${to}: ${ready}/${tables.length} tables ready${rest.length === 0 ? '' : ` (${rest.join(', ')})`}`,
    slot === null
      ? 'no slot'
      : `${formatBytes(slot.lagBytes)} behind, ${formatBytes(slot.retainedBytes)} kept`,
    lagMs === null ? 'lag unknown' : `lag ${formatTime(lagMs)}`,
    heartbeatAgeMs === null ? 'no heartbeat' : `heartbeat ${formatTime(heartbeatAgeMs)} ago`,
    ...(subscription === null ? [] : [`${subscription.applyErrors + subscription.copyErrors} failures`]),
  ].join(', ');
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

export function formatTime(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.round(ms / 60_000)} min`;
}
