// How every process and command of the project fails: one line where a person can help, the whole error where not.
import { flushCompileCache } from 'node:module';
import { SetupError } from './setup-error.ts';

/** Runs a program's main function; an error ends the process with code 1. */
export async function runProcess(name: string, main: () => Promise<void>): Promise<void> {
  try {
    await main();
    // Not only at the end, which a process that is killed never sees.
    flushCompileCache();
  } catch (error) {
    process.stderr.write(`${name}: ${error instanceof SetupError ? error.message : describe(error)}\n`);
    process.exit(1);
  }
}

const describe = (error: unknown) =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
