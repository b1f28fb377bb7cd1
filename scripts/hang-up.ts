// SIGHUP means two things: "begin afresh" to a process without a terminal, "I am gone" from a terminal that closes.
import { closeSync, openSync } from 'node:fs';

/** @param reload is asked for by a signal; @param end is due when the terminal, if there ever was one, has closed. */
export function onHangUp(reload: () => Promise<void>, end: () => void): void {
  const hadTerminal = hasTerminal();
  process.on('SIGHUP', () => {
    if (hadTerminal && !hasTerminal()) end();
    else void reload();
  });
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
