import { style } from '../../src/cli/output.ts';
import { renderTable, type TextColumn } from '../../src/telemetry/text-table.ts';

/** What the demo itself says, on stdout, so that it can be told from what the executables say. */
export interface Narrator {
  /** The title of the next step, and why it is there. */
  step(title: string, why: string): void;
  /** The command as one would type it. */
  command(line: string): void;
  say(text: string): void;
  table(columns: readonly TextColumn[], rows: readonly string[][], footer: readonly string[][]): void;
  /** The last word. */
  verdict(ok: boolean, text: string): void;
}

export function createNarrator(stream: NodeJS.WriteStream): Narrator {
  let steps = 0;
  const print = (line: string) => void stream.write(`${line}\n`);
  return {
    step(title, why) {
      print(`\n${style(stream, 'bold', `── ${++steps}. ${title}`)}`);
      for (const line of why.split('\n')) print(style(stream, 'dim', `   ${line}`));
    },
    command: (line) => print(`\n${style(stream, 'bold', `$ ${line}`)}`),
    say: print,
    table: (columns, rows, footer) => print(`\n${renderTable(columns, rows, footer)}`),
    verdict: (ok, text) => print(`\n${style(stream, ok ? 'green' : 'red', text)}`),
  };
}
