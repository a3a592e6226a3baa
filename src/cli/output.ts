import { styleText } from 'node:util';

/** How progress is shown: a live display, a plain line every few seconds, or not at all. */
export type ProgressMode = 'bars' | 'lines' | 'silent';

/** The streams and the environment of the process, or a test's own. */
export interface ProcessIo {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  stdout: OutputStream;
  stderr: OutputStream;
}

export interface OutputStream extends NodeJS.WritableStream {
  isTTY?: boolean;
  columns?: number;
}

/** What a command says on the way. All of it goes to stderr: stdout is for the result. */
export interface Output {
  readonly stream: OutputStream;
  readonly progressMode: ProgressMode;
  info(line: string): void;
  warn(line: string): void;
  /** Lets a live display own the bottom of the terminal: lines go through it. Returns how to end that. */
  lend(display: LiveDisplay): () => void;
  /** Ends the display that is on, if any, so that what is printed next stands below it. */
  release(): void;
}

export interface LiveDisplay {
  /** Prints a line above the display. */
  print(line: string): void;
  /** Leaves the terminal as it was. Called once. */
  stop(): void;
}

export function createOutput(stream: OutputStream, progressMode: ProgressMode): Output {
  let display: LiveDisplay | null = null;
  const write = (line: string) => {
    if (display) display.print(line);
    else stream.write(`${line}\n`);
  };
  const release = () => {
    const ending = display;
    display = null;
    ending?.stop();
  };
  return {
    stream,
    progressMode,
    info: write,
    warn: (line) => write(`${style(stream, 'yellow', 'WARNING')} ${line}`),
    lend: (next) => {
      release();
      display = next;
      return release;
    },
    release,
  };
}

/** Colours a word where the stream is a terminal and NO_COLOR is not set. */
export function style(
  stream: OutputStream,
  format: 'red' | 'yellow' | 'green' | 'bold' | 'dim',
  text: string,
): string {
  const colourful = stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  return colourful ? styleText(format, text, { validateStream: false }) : text;
}

/** The width to wrap text at: the terminal's, within what is comfortable to read. */
export function textWidth(stream: OutputStream): number {
  return Math.min(Math.max(stream.columns ?? 100, 40), 110);
}

/**
 * Breaks a text into lines at spaces. Line breaks in the text stay; words longer than the width are not broken, nor is a line
 * that ends in a semicolon: that is a statement to be copied.
 */
export function wrap(text: string, width: number, indent = ''): string {
  return text
    .split('\n')
    .flatMap((line) =>
      line.endsWith(';') ? [line] : wrapLine(line, width - indent.length, listIndent(line)),
    )
    .join(`\n${indent}`);
}

/** The second line of a list item stands under the text of the first. */
function listIndent(line: string): string {
  return ' '.repeat(/^ *(?:- )?/.exec(line)?.[0].length ?? 0);
}

function wrapLine(line: string, width: number, hang: string): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/(?<=\S) +/)) {
    if (current !== '' && current.length + 1 + word.length > width) {
      lines.push(current);
      current = hang + word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  return [...lines, current];
}
