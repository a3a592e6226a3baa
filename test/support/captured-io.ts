import { PassThrough } from 'node:stream';
import type { ProcessIo } from '../../src/cli/output.ts';

export interface CapturedIo extends ProcessIo {
  /** What was written so far. */
  text(stream: 'stdout' | 'stderr'): string;
}

/** The streams of a process as buffers, for commands that run inside the test. */
export function captureIo(env: Record<string, string>, cwd: string, isTTY = false): CapturedIo {
  const streams = { stdout: collector(isTTY), stderr: collector(isTTY) };
  return { env, cwd, ...streams, text: (stream) => streams[stream].collected.join('') };
}

function collector(isTTY: boolean) {
  const collected: string[] = [];
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => collected.push(chunk.toString()));
  // PassThrough hands data on later; a test looks at once.
  stream.write = (chunk: unknown) => {
    collected.push(String(chunk));
    return true;
  };
  return Object.assign(stream, { isTTY, columns: 100, collected });
}
