// Bars as SVG: one for each shape, in one piece or stacked, with what they say written beside them.
import { escape } from './escape.ts';

export interface Bar {
  readonly name: string;
  /** In order; a bar that was not measured has none. */
  readonly parts: readonly Part[];
  /** At its end. */
  readonly text: string;
  /** Between these lay the rounds. */
  readonly range?: readonly [number, number] | undefined;
}

export interface Part {
  readonly name: string;
  readonly value: number;
}

/** Okabe and Ito's, which the colour-blind can tell apart, and most of which differ in grey, too. */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#000000'];
const [WIDTH, LEFT, RIGHT, BAR, STEP, TOP] = [720, 110, 190, 22, 34, 8];

/** @param title is read out where nobody sees it. @param partNames colours parts alike in each bar; a legend tells them. */
export function formatChart(title: string, bars: readonly Bar[], partNames: readonly string[]): string {
  const total = ({ parts }: Bar) => parts.reduce((sum, { value }) => sum + value, 0);
  const widest = Math.max(...bars.map((bar) => Math.max(total(bar), bar.range?.[1] ?? 0))) || 1;
  const x = (value: number) => LEFT + (value / widest) * (WIDTH - LEFT - RIGHT);
  const legend = partNames.length > 1;
  const height = TOP + bars.length * STEP + (legend ? 24 : 0);

  const drawn = bars.map((bar, index) => {
    const y = TOP + index * STEP;
    let begin = 0;
    const rects = bar.parts.map(({ name, value }) => {
      const from = x(begin);
      begin += value;
      return (
        `<rect x="${px(from)}" y="${y}" width="${px(x(begin) - from)}" height="${BAR}" ` +
        `fill="${colourOf(name, partNames)}"><title>${escape(name)} ${value.toPrecision(3)}</title></rect>`
      );
    });
    const end = Math.max(total(bar), bar.range?.[1] ?? 0);
    return [
      `<text x="${LEFT - 8}" y="${y + 16}" text-anchor="end">${escape(bar.name)}</text>`,
      ...rects,
      ...(bar.range ? [whisker(x(bar.range[0]), x(bar.range[1]), y + BAR / 2)] : []),
      `<text x="${px(x(end) + 8)}" y="${y + 16}">${escape(bar.text)}</text>`,
    ].join('');
  });
  return (
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(title)}">` +
    drawn.join('\n') +
    (legend ? legendOf(partNames, height - 8) : '') +
    '</svg>'
  );
}

const colourOf = (name: string, names: readonly string[]) =>
  COLOURS[Math.max(0, names.indexOf(name)) % COLOURS.length];

const whisker = (from: number, to: number, y: number) =>
  `<path d="M${px(from)} ${y}H${px(to)}M${px(from)} ${y - 4}v8M${px(to)} ${y - 4}v8" stroke="#000" fill="none"/>`;

function legendOf(names: readonly string[], y: number): string {
  const width = (WIDTH - LEFT) / names.length;
  return names
    .map((name, index) => {
      const at = LEFT + index * width;
      return (
        `<rect x="${px(at)}" y="${y - 10}" width="10" height="10" fill="${colourOf(name, names)}"/>` +
        `<text x="${px(at + 14)}" y="${y}" font-size="12">${escape(name)}</text>`
      );
    })
    .join('');
}

const px = (value: number) => value.toFixed(1);
