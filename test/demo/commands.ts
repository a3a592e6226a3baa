/** The project's commands as the demo runs them: shown as one would type them, in a directory without settings of its own. */
import { startExecutable, type ExecutableName, type RunningExecutable } from './executable.ts';
import type { Narrator } from './narrator.ts';
import type { Stage } from './stage.ts';

/** A step ended otherwise than it should have. */
export class DemoFailure extends Error {}

export interface CommandsOptions {
  stage: Stage;
  narrator: Narrator;
  signal: AbortSignal;
  settings: Readonly<Record<string, string>>;
}

export class Commands {
  readonly #options: CommandsOptions;
  readonly #env: Record<string, string>;

  constructor(options: CommandsOptions) {
    this.#options = options;
    const { PATH = '', TERM = 'dumb', NO_COLOR, HOME = options.stage.dir } = process.env;
    this.#env = { PATH, TERM, HOME, ...(NO_COLOR && { NO_COLOR }), ...options.settings };
  }

  /** The same with other settings. */
  with(settings: CommandsOptions['settings']): Commands {
    return new Commands({ ...this.#options, settings });
  }

  /** Its exit code. Throws DemoFailure for one that is not expected. */
  async run(name: ExecutableName, args: readonly string[], expected: readonly number[]): Promise<number> {
    const { narrator, signal } = this.#options;
    narrator.command(['bin/' + name, ...args].join(' '));
    const { exitCode } = await this.#start(name, args, 'inherit').ended;
    signal.throwIfAborted();
    this.expect(name, exitCode, expected);
    return exitCode;
  }

  /** Starts a command that goes on until it is stopped; an abort stops it too. */
  start(name: ExecutableName, args: readonly string[]): RunningExecutable {
    this.#options.narrator.command(['bin/' + name, ...args].join(' '));
    return this.#start(name, args, 'inherit');
  }

  /** The result of a command that is run with --json and not shown. */
  async ask(name: ExecutableName, args: readonly string[] = []): Promise<unknown> {
    const { signal } = this.#options;
    const { exitCode, stdout } = await this.#start(name, [...args, '--json'], 'pipe').ended;
    signal.throwIfAborted();
    this.expect(name, exitCode, [0]);
    return (JSON.parse(stdout) as { result: unknown }).result;
  }

  expect(name: ExecutableName, exitCode: number, expected: readonly number[]): void {
    if (expected.includes(exitCode)) return;
    throw new DemoFailure(
      `bin/${name} ended with code ${exitCode}; ${expected.join(' or ')} was expected. Its log is in ${this.#options.stage.dir}/logs.`,
    );
  }

  #start(name: ExecutableName, args: readonly string[], output: 'inherit' | 'pipe'): RunningExecutable {
    const { stage, signal } = this.#options;
    return startExecutable(name, { args, env: this.#env, cwd: stage.dir, output, signal });
  }
}
