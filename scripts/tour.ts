// npm run tour: the whole migration under traffic, there and back, in a shop of its own; then what was lost.
import { Command } from 'commander';
import { ensureGenerated } from '#platform/generated.ts';
import { runProcess } from '#platform/process.ts';

const { fast, json } = new Command('npm run tour --')
  .description(
    'Move the catalog of a shop to its service, back, and there again, while customers buy and administrators write,\n' +
      'and show it. The shop is made for it, on free ports and in a temporary folder; nothing is left behind. Ends with\n' +
      'code 1 if anything failed or was lost, done twice, charged twice or oversold, or if there was too little traffic\n' +
      'to tell. Takes about four minutes. Ctrl-C ends it early.',
  )
  .option('--fast', 'a shorter look at each act: within three minutes')
  .option('--json', 'line by line, and at the end the result as one object')
  .parse()
  .opts<{ fast?: true; json?: true }>();

const SECONDS = 16;
const SECONDS_FAST = 4;
const PRODUCTS = 2_000;

await runProcess('npm run tour', async () => {
  ensureGenerated();
  // Only now: these import what has just been generated.
  const { withShop } = await import('./split-shop.ts');
  const { openScreen } = await import('../tour/screen.ts');
  const { runTour } = await import('../tour/tour.ts');
  const { formatResult } = await import('../tour/text.ts');

  const interruption = new AbortController();
  // Once: the second Ctrl-C ends it at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
  const { signal } = interruption;
  const screen = openScreen(process.stdout, json ?? false);
  const result = await withShop(PRODUCTS, screen.onStep, (shop) =>
    runTour({
      shop: {
        ...shop,
        killService: () => shop.roles['catalog']?.forEach((pid) => process.kill(pid, 'SIGKILL')),
      },
      seconds: fast ? SECONDS_FAST : SECONDS,
      signal,
      ...screen,
    }),
  ).finally(screen.close);

  const { verdict, reasons } = result;
  console.log(json ? JSON.stringify(result) : `\n${formatResult(result)}`);
  if (verdict === 'passed') return;
  process.stderr.write(`npm run tour: ${verdict}: ${reasons.join('; ')}\n`);
  process.exitCode = 1;
});
