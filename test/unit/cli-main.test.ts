import { EventEmitter } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CommandContext, CommandDefinition, CommandResult } from '../../src/cli/command.ts';
import { main } from '../../src/cli/main.ts';
import type { SignalSource } from '../../src/cli/signals.ts';
import { TransfuseError } from '../../src/core/errors.ts';
import { captureIo } from '../support/captured-io.ts';

const CANARY = 'canary-7c1d';
const ENV = {
  LEGACY_DB_HOST: 'legacy.example.org',
  LEGACY_DB_USER: 'reader',
  LEGACY_DB_PASSWORD: CANARY,
  LEGACY_DB_NAME: 'openemr',
  TARGET_DB_HOST: 'pg.example.org',
  TARGET_DB_USER: 'owner',
  TARGET_DB_PASSWORD: CANARY,
};

type Act = (
  context: CommandContext,
  options: { tables?: string },
  args: readonly string[],
) => Promise<CommandResult>;

/** A command that does what the test says. */
function command(act: Act): CommandDefinition<{ tables?: string }> {
  return {
    name: 'load',
    aliases: ['migrate-load'],
    summary: 'loads everything',
    examples: ['bin/load --tables forms'],
    keptSafe: 'every finished chunk',
    options: (parser) => void parser.argument('[entities...]').option('--tables <names>', 'only these'),
    run: act,
  };
}

class Signals extends EventEmitter implements SignalSource {
  exits: number[] = [];
  exit(code: number) {
    this.exits.push(code);
  }
}

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'transfuse-cli-'));
});
afterEach(() => {
  rmSync(cwd, { recursive: true });
});

async function run(argv: string[], act: Act, env: Record<string, string> = ENV) {
  const io = captureIo(env, cwd);
  const signals = new Signals();
  const exitCode = await main(argv, { io, commands: [command(act)], signals });
  return { exitCode, stdout: io.text('stdout'), stderr: io.text('stderr'), signals };
}

const nothing: Act = async () => ({ document: {} });
const logText = () =>
  readdirSync(join(cwd, 'logs'))
    .map((name) => readFileSync(join(cwd, 'logs', name), 'utf8'))
    .join('');

describe('a command', () => {
  test('gets settings, options and arguments, and the name it was called by', async () => {
    let seen: unknown;
    const { exitCode, stdout } = await run(
      ['migrate-load', 'patients', '--tables', 'a,b'],
      async (context, options, args) => {
        seen = [context.settings.source.host, context.profileName, context.invokedAs, options.tables, args];
        return { document: {}, text: 'loaded' };
      },
    );
    expect(seen).toEqual(['legacy.example.org', 'mirror', 'migrate-load', 'a,b', ['patients']]);
    expect([exitCode, stdout]).toEqual([0, 'loaded\n']);
  });

  test('with --json prints one document on stdout, and what it says on the way goes to stderr', async () => {
    const { exitCode, stdout, stderr } = await run(['load', '--json'], async (context) => {
      context.console.info('on the way');
      return { document: { rows: 12n, position: { file: 'bin.1' } }, text: 'not printed' };
    });
    expect(exitCode).toBe(0);
    const result = { rows: '12', position: { file: 'bin.1' } };
    expect(JSON.parse(stdout)).toEqual({ ok: true, command: 'load', exitCode: 0, result });
    expect(stderr).toBe('on the way\n');
  });

  test('that did its work with a bad outcome prints the result and exits with the code of the problem', async () => {
    const problem = new TransfuseError('REJECTS_EXCEEDED', '3 rows were rejected.', {
      where: { rejected: 3 },
    });
    const act: Act = async () => ({ document: { rejected: 3 }, text: 'the summary', problem });
    const human = await run(['load'], act);
    expect([human.exitCode, human.stdout]).toEqual([5, 'the summary\n']);
    expect(human.stderr).toContain('ERROR REJECTS_EXCEEDED: 3 rows were rejected.');
    const json = await run(['load', '--json'], act);
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: false,
      exitCode: 5,
      code: 'REJECTS_EXCEEDED',
      result: { rejected: 3 },
    });
  });

  test('leaves the start and the end in the log, without a password [invariant 9]', async () => {
    await run(['load'], nothing);
    expect(logText()).toContain('"msg":"started"');
    expect(logText()).toContain('"msg":"ended"');
    expect(logText()).not.toContain(CANARY);
  });
});

describe('an error', () => {
  const full = new TransfuseError('TARGET_FULL', 'No space is left.', {
    where: { table: 'forms', chunk: 4 },
  });

  test('says what happened, where, what is safe, and what to do next', async () => {
    const { exitCode, stdout, stderr } = await run(['load'], () => Promise.reject(full));
    expect([exitCode, stdout]).toEqual([4, '']);
    expect(stderr.split('\n')).toEqual([
      'ERROR TARGET_FULL: No space is left.',
      '  where     table forms, chunk 4',
      '  kept safe every finished chunk',
      '  next      Free or add disk space and start the command again: it resumes.',
      '',
    ]);
  });

  test('is the one document on stdout with --json', async () => {
    const { exitCode, stdout, stderr } = await run(['load', '--json'], () => Promise.reject(full));
    expect(exitCode).toBe(4);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      command: 'load',
      exitCode: 4,
      code: 'TARGET_FULL',
      message: 'No space is left.',
      where: { table: 'forms', chunk: 4 },
      fix: 'Free or add disk space and start the command again: it resumes.',
    });
  });

  test('that was not foreseen shows no value on the terminal or in the log [invariant 9]', async () => {
    const raw = Object.assign(new RangeError(`row ${CANARY}`), { code: 'ER_DUP', detail: CANARY });
    for (const argv of [['load'], ['load', '--json']]) {
      const { exitCode, stdout, stderr } = await run(argv, () => Promise.reject(raw));
      expect(exitCode).toBe(1);
      expect(stdout + stderr).toContain('UNEXPECTED');
      expect(stdout + stderr).toContain('RangeError ER_DUP');
      expect(stdout + stderr).not.toContain(CANARY);
    }
    expect(logText()).toContain('cli-main.test');
    expect(logText()).not.toContain(CANARY);
  });

  test('that nobody caught ends the command the same way [invariant 9]', async () => {
    const io = captureIo(ENV, cwd);
    const signals = new Signals();
    const never: Act = () => new Promise(() => signals.emit('unhandledRejection', new Error(CANARY)));
    expect(await main(['load', '--json'], { io, commands: [command(never)], signals })).toBe(1);
    expect(JSON.parse(io.text('stdout'))).toMatchObject({ ok: false, code: 'UNEXPECTED' });
    expect(io.text('stdout') + io.text('stderr')).not.toContain(CANARY);
    expect(signals.eventNames()).toEqual([]);
  });

  test('in the settings is reported before anything is started', async () => {
    const { exitCode, stderr } = await run(['load'], nothing, { ...ENV, TARGET_DB_PORT: CANARY });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'ERROR CONFIG_INVALID: One setting is missing or wrong:\n  - TARGET_DB_PORT is wrong',
    );
    expect(stderr).toContain('kept safe everything: nothing was started');
    expect(stderr).not.toContain(CANARY);
  });
});

describe('a signal', () => {
  test('aborts the command, which ends with 130 and how to go on', async () => {
    const io = captureIo(ENV, cwd);
    const signals = new Signals();
    const act: Act = async ({ signal }) => {
      signals.emit('SIGTERM');
      signal.throwIfAborted();
      return { document: {} };
    };
    expect(await main(['load'], { io, commands: [command(act)], signals })).toBe(130);
    expect(io.text('stderr')).toContain('stopping at the last commit; a second signal stops at once');
    expect(io.text('stderr')).toContain('next      Start the same command again: it resumes.');
    expect(signals.exits).toEqual([]);
  });

  test('makes 130 of a connection that was lost by stopping, and hides no other fault', async () => {
    const cases: [Error, number][] = [
      [new TransfuseError('TARGET_LOST', 'Lost.', { transient: true }), 130],
      [new DOMException('aborted', 'AbortError'), 130],
      [new TransfuseError('COUNTS_DIFFER', 'Read 3, loaded 2.'), 1],
    ];
    for (const [error, expected] of cases) {
      const signals = new Signals();
      const act: Act = () => {
        signals.emit('SIGINT');
        return Promise.reject(error);
      };
      const io = captureIo(ENV, cwd);
      expect(await main(['load'], { io, commands: [command(act)], signals })).toBe(expected);
    }
  });

  test('when it comes twice ends the process at once', async () => {
    const signals = new Signals();
    const act: Act = async () => {
      signals.emit('SIGINT');
      signals.emit('SIGINT');
      return { document: {} };
    };
    await main(['load'], { io: captureIo(ENV, cwd), commands: [command(act)], signals });
    expect(signals.exits).toEqual([130]);
  });
});

describe('the command line', () => {
  test('is helped with examples on stdout', async () => {
    const { exitCode, stdout, stderr } = await run(['load', '--help'], nothing);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain('loads everything');
    expect(stdout).toContain('--env-file <path>');
    expect(stdout).toContain('Examples:\n  bin/load --tables forms');
  });

  test('gives its version', async () => {
    expect((await run(['--version'], nothing)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('with a mistake exits 2 and says what was probably meant', async () => {
    const option = await run(['load', '--table', 'a'], nothing);
    expect(option.exitCode).toBe(2);
    expect(option.stderr).toContain('ERROR USAGE: Unknown option --table. Did you mean --tables?');
    expect(option.stderr).toContain('See transfuse load --help.');
    const name = await run(['laod'], nothing);
    expect(name.stderr).toContain('Unknown command laod. Did you mean load?');
    const missing = await run([], nothing);
    expect([missing.exitCode, missing.stdout]).toEqual([2, '']);
    const json = await run(['load', '--json', '--tables'], nothing);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, command: null, exitCode: 2, code: 'USAGE' });
  });

  test('is not repeated where it may hold a secret [invariant 9]', async () => {
    for (const argv of [
      ['load', `--pasword=${CANARY}`],
      [`--password=${CANARY}`],
      ['load', '--profile', 'x', `-p${CANARY}=`],
    ]) {
      const { exitCode, stdout, stderr } = await run(argv, nothing);
      expect(exitCode).toBe(2);
      expect(stdout + stderr).not.toContain(`=${CANARY}`);
    }
  });
});
