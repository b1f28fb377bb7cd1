// Shows the tour: on a terminal a screen that is drawn again, elsewhere line by line.
import type { WriteStream } from 'node:tty';
import { formatEvent, formatScreen } from './text.ts';
import type { Look, TourEvent } from './tour.ts';

export interface Screen {
  readonly onStep: (step: string) => void;
  readonly onEvent: (event: TourEvent) => void;
  readonly onLook: (look: Look) => void;
  /** Leaves the terminal as it was, with the story on it. */
  readonly close: () => void;
}

/** A page of the terminal's own, which leaves what stood there before. */
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?1049l\x1b[?25h';
const HOME = '\x1b[H';
const ERASE_REST_OF_LINE = '\x1b[K';
const ERASE_BELOW = '\x1b[J';

/** @param plain line by line, also on a terminal. */
export function openScreen(
  output: Pick<WriteStream, 'write'> & { readonly isTTY?: boolean },
  plain: boolean,
): Screen {
  return output.isTTY === true && !plain ? openTerminal(output) : openLines(output);
}

const openLines = (output: Pick<WriteStream, 'write'>): Screen => ({
  onStep: (step) => void (step !== '' && output.write(`${step} …\n`)),
  onEvent: (event) => void output.write(`${formatEvent(event)}\n`),
  onLook: () => undefined,
  close: () => undefined,
});

function openTerminal(output: Pick<WriteStream, 'write'>): Screen {
  const story: string[] = [];
  let act: string[] = [];
  output.write(ENTER);
  const show = (text: string) =>
    void output.write(
      HOME +
        text
          .split('\n')
          .map((line) => line + ERASE_REST_OF_LINE)
          .join('\n') +
        ERASE_BELOW,
    );
  return {
    onStep: (step) => show(step === '' ? '' : `${step} …`),
    onEvent(event) {
      if (event.is === 'act') act = [];
      act.push(formatEvent(event));
      story.push(formatEvent(event));
    },
    onLook: (look) => show(formatScreen(act, look)),
    close: () => void output.write(`${LEAVE}${story.join('\n')}\n`),
  };
}
