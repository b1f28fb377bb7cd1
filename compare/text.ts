// A comparison for the terminal; as Markdown, so that it can be pasted into docs/compare.md as it stands.
import { formatMachine, formatTable } from '../bench/report.ts';
import type { Comparison } from './figures.ts';
import { CANNOT_SHOW, methodOf, READING } from './notes.ts';
import { rowsOf } from './rows.ts';

export function formatComparison(comparison: Comparison): string {
  const { command, machine, loadAfter, shapes, faults, doubts } = comparison;
  return [
    ...(faults.length === 0 ? [] : [list('These are no figures:', faults)]),
    ...(doubts.length === 0 ? [] : [list('In doubt:', doubts)]),
    `\`${command}\``,
    formatMachine(machine, loadAfter),
    methodOf(comparison),
    formatTable(
      ['', ...shapes.map(({ name }) => name)],
      rowsOf(comparison).map(({ label, cells }) => [label, ...cells]),
    ),
    READING.join('\n'),
    list('What one machine cannot show:', CANNOT_SHOW),
  ].join('\n\n');
}

const list = (title: string, lines: readonly string[]) =>
  [title, '', ...lines.map((line) => `- ${line}`)].join('\n');
