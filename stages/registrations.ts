// Registrations, one per line: a line that ends in a stage's mark is absent from the stages before.

const MARK = /[ \t]*\/\/ from stage-(\d+)[ \t]*$/;

/** The text as that stage has it: later lines are dropped, the marks of the others stripped. */
export function keepRegistrations(text: string, stage: number): string {
  return text
    .split('\n')
    .filter((line) => Number(MARK.exec(line)?.[1] ?? 0) <= stage)
    .map((line) => line.replace(MARK, ''))
    .join('\n');
}

/** The stages that the text's marks name, in the order of its lines. */
export function registeredStages(text: string): readonly number[] {
  return text.split('\n').flatMap((line) => {
    const mark = MARK.exec(line);
    return mark === null ? [] : [Number(mark[1])];
  });
}
