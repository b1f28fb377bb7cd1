// What a generator of code is: what it reads, where it writes, and how it is run.
import { execFileSync } from 'node:child_process';

export interface Generator {
  /** The folder below generated/ that it owns: `prisma`. */
  readonly name: string;
  /** The files that its output depends on. Where there are none there is nothing to generate. */
  readonly inputs: (root: string) => readonly string[];
  /** Builds the folder, which does not exist by then. */
  readonly build: (root: string) => void;
}

export interface GeneratorCommand {
  readonly root: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** For the error: `prisma generate failed for monolith`. */
  readonly failure: string;
}

/** @throws {Error} with what the program said. */
export function runGenerator({ root, program, args, environment, failure }: GeneratorCommand): void {
  try {
    execFileSync(program, args, { cwd: root, stdio: 'pipe', env: environment });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: Buffer; stderr?: Buffer };
    const said = [stdout, stderr].map((stream) => stream?.toString().trim()).filter(Boolean);
    throw new Error(`${failure}: ${said.length > 0 ? said.join('\n') : String(error)}`, { cause: error });
  }
}
