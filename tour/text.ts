// The tour in words: its events line by line, its screen, and the table at the end.
import { ACT_COUNT, type Look, type TourEvent, type TourResult } from './tour.ts';

export function formatEvent(event: TourEvent): string {
  if (event.is !== 'act') return `   ${event.is === 'command' ? '$' : '→'} ${event.line}`;
  const { number, title, why } = event;
  return `\n${number} of ${ACT_COUNT + 1}  ${title}\n   ${why}`;
}

const BAR_WIDTH = 30;
const WIDTH = 78;

/** A screen of at most 24 lines of 78 characters. @param lines of the act so far. */
export function formatScreen(lines: readonly string[], { counts, rates, seconds, switches }: Look): string {
  const sides = ['monolith', 'catalog'];
  const total = sides.reduce((sum, side) => sum + requestsOf(rates.get(side)), 0);
  const number = (value: number | null | undefined) => (value == null ? '–' : value.toFixed(1));
  return [
    `npm run tour${clock(seconds).padStart(WIDTH - 'npm run tour'.length)}`,
    ...lines.flatMap((line) => line.split('\n')).flatMap(wrap),
    '',
    `who serves the catalog ${' '.repeat(BAR_WIDTH - 13)}   reads  writes  p50 ms  p99 ms`,
    ...sides.map((side) => {
      const rate = rates.get(side);
      const bar = '█'.repeat(total === 0 ? 0 : Math.round((BAR_WIDTH * requestsOf(rate)) / total));
      const cells = [
        String(rate?.reads ?? 0),
        String(rate?.writes ?? 0),
        number(rate?.p50),
        number(rate?.p99),
      ];
      return `${side.padEnd(10)}${bar.padEnd(BAR_WIDTH)}${cells.map((cell) => cell.padStart(8)).join('')}`;
    }),
    '',
    `requests ${group(counts.requests)}   writes ${group(counts.writes)}   orders ${group(counts.orders)}   sold out ${group(counts.soldOut)}`,
    `came again ${group(counts.delayed)}   stale ${counts.stale}   failed ${counts.failed}`,
    `switches ${switches.map(({ target, gapMs }) => `→ ${target} ${gapMs.toFixed(1)} ms`).join('   ') || '–'}`,
  ].join('\n');
}

const requestsOf = (rate: { readonly reads: number; readonly writes: number } | undefined) =>
  (rate?.reads ?? 0) + (rate?.writes ?? 0);

const clock = (seconds: number) =>
  `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

/** At spaces, where there are some. */
function wrap(line: string): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > WIDTH) {
    const space = rest.lastIndexOf(' ', WIDTH);
    const at = space > WIDTH / 2 ? space : WIDTH;
    lines.push(rest.slice(0, at));
    rest = `   ${rest.slice(at).trimStart()}`;
  }
  return [...lines, rest];
}

/** Room for a million, or for seconds of pause. */
const VALUES = 9;

export function formatResult(result: TourResult): string {
  const rows: readonly (readonly [string, string])[] = [
    ['requests', group(result.requests)],
    ['failed', group(result.failed)],
    ['lost', group(result.lost)],
    ['duplicated', group(result.duplicated)],
    ['charged twice', group(result.chargedTwice)],
    ['oversold', group(result.oversold)],
    ['worst pause of a switch', `${result.worstPauseMs} ms`],
  ];
  const names = Math.max(...rows.map(([name]) => name.length));
  const { switches, writes, orders, soldOut, delayed, killPauseMs, seconds } = result;
  return [
    ...rows.map(([name, value]) => `  ${name.padEnd(names)}  ${value.padStart(VALUES)}`),
    '',
    `${switches} switches in ${seconds} s. ${group(writes)} writes of the catalog and ${group(orders)} orders were acknowledged, and looked`,
    `for afterwards; ${group(soldOut)} customers came too late. ${group(delayed)} requests were told to come again, and answered`,
    `then: nearly all while the service was dead, for ${(killPauseMs / 1_000).toFixed(1)} s.`,
  ].join('\n');
}

const group = (value: number) => value.toLocaleString('en-US');
