// A comparison as one page of HTML: charts, the table, and what has to be said; nothing is fetched, and it prints.
import { formatMachine } from '../bench/report.ts';
import { formatChart, type Bar } from './chart.ts';
import { escape } from './escape.ts';
import type { ByRole, Comparison, ShapeFigures, Spread } from './figures.ts';
import { CANNOT_SHOW, methodOf, READING } from './notes.ts';
import { formatSpread, rolesOf, rowsOf } from './rows.ts';

const TITLE = 'One shop, in more than one shape';

const STYLE = `
:root { color-scheme: light; }
body { font: 15px/1.45 system-ui, sans-serif; color: #000; background: #fff; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin: 1.6rem 0 0.4rem; }
svg { width: 100%; height: auto; font-size: 13px; } figure { margin: 0; break-inside: avoid; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: 0.9rem; }
th, td { padding: 0.2rem 0.7rem; border-bottom: 1px solid #ccc; text-align: right; font-variant-numeric: tabular-nums; }
th:first-child { text-align: left; font-weight: normal; white-space: pre; } thead th { font-weight: bold; } tr { break-inside: avoid; }
.fault { border-left: 4px solid #d55e00; padding-left: 1rem; }
@page { margin: 15mm; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } * { print-color-adjust: exact; } .scroll { overflow: visible; } table { font-size: 8pt; } }
`;

export function formatPage(comparison: Comparison): string {
  const { command, machine, loadAfter, shapes, rate, inFlight, faults, doubts } = comparison;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${TITLE}</title>
<style>${STYLE}</style>
<h1>${TITLE}</h1>
${warning('These are no figures', faults)}${warning('In doubt', doubts)}<p><code>${escape(command)}</code></p>
<p>${escape(formatMachine(machine, loadAfter)).replaceAll('\n', '<br>\n')}</p>
<p>${escape(methodOf(comparison))}</p>
${single(`Slowest of a hundred: p99 in ms at ${rate} actions a second`, shapes, ({ latencyMs }) => latencyMs.all.p99, 1)}
${single('A product: p50 in ms', shapes, ({ latencyMs }) => latencyMs.product.p50, 1)}
${single(`Throughput: answers a second, ${inFlight} actions in flight`, shapes, ({ throughput }) => throughput, 0)}
${stacked('CPU of a request, in ms', shapes, ({ cpuMs }) => cpuMs, 2)}
${stacked('Memory, in MiB', shapes, ({ memoryMiB }) => memoryMiB, 0)}
${single('Start, in seconds', shapes, ({ startSeconds }) => startSeconds, 1)}
<h2>All figures</h2>
<div class="scroll"><table>
<thead>${line(
    '',
    shapes.map(({ name }) => name),
  )}</thead>
<tbody>
${rowsOf(comparison)
  .map(({ label, cells }) => line(label, cells))
  .join('\n')}
</tbody>
</table></div>
<h2>How to read it</h2>
${list(READING)}
<h2>What one machine cannot show</h2>
${list(CANNOT_SHOW)}
</html>
`;
}

function single(
  title: string,
  shapes: readonly ShapeFigures[],
  pick: (shape: ShapeFigures) => Spread,
  digits: number,
): string {
  const bars = shapes.map((shape): Bar => {
    const figure = pick(shape);
    return {
      name: shape.name,
      parts: figure === null ? [] : [{ name: shape.name, value: figure.median }],
      text: formatSpread(figure, digits),
      range: figure === null ? undefined : [figure.low, figure.high],
    };
  });
  return chart(title, bars, []);
}

function stacked(
  title: string,
  shapes: readonly ShapeFigures[],
  pick: (shape: ShapeFigures) => ByRole,
  digits: number,
): string {
  const bars = shapes.map((shape): Bar => {
    const { roles, total } = pick(shape);
    const parts = Object.entries(roles).map(([name, figure]) => ({ name, value: figure?.median ?? 0 }));
    return { name: shape.name, parts, text: formatSpread(total, digits) };
  });
  return chart(title, bars, rolesOf(shapes, pick));
}

const chart = (title: string, bars: readonly Bar[], names: readonly string[]) =>
  `<figure><h2>${escape(title)}</h2>\n${formatChart(title, bars, names)}</figure>`;

const line = (label: string, cells: readonly string[]) =>
  `<tr><th scope="row">${escape(label)}</th>${cells.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`;

const list = (lines: readonly string[]) =>
  `<ul>\n${lines.map((each) => `<li>${escape(each)}</li>`).join('\n')}\n</ul>`;

const warning = (title: string, lines: readonly string[]) =>
  lines.length === 0 ? '' : `<div class="fault"><strong>${title}</strong>${list(lines)}</div>\n`;
