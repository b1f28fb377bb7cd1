// One line per step: on a terminal it counts the seconds while the step runs, elsewhere it appears at its end.
import type { StepOutcome } from './run-step.ts';

/** @returns what to call with the outcome. */
export function showStep(
  step: string,
  out: NodeJS.WriteStream = process.stdout,
): (outcome: StepOutcome) => void {
  const begun = performance.now();
  const line = (milliseconds: number, end: string) =>
    `  ${step.padEnd(10)}${(milliseconds / 1000).toFixed(1).padStart(7)} s  ${end}`;
  const tick = () => out.write(`\r${line(performance.now() - begun, 'running')}`);
  const timer = out.isTTY ? setInterval(tick, 200) : undefined;
  return ({ passed, milliseconds, output }) => {
    clearInterval(timer);
    const outcome = line(milliseconds, passed ? 'ok' : 'FAILED');
    out.write(`${out.isTTY ? '\r' : ''}${outcome.padEnd(30)}\n`);
    if (!passed) out.write(`${output.trimEnd()}\n`);
  };
}
