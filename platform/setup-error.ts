// What a person has to put right before the program can go on: one line that names the remedy.

export class SetupError extends Error {
  override readonly name = 'SetupError';
}
