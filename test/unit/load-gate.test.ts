import { describe, expect, it, vi } from 'vitest';
import { LoadGate } from '../../src/mysql/load-gate.ts';

/** A gate for a server that has these values of a counter, one after the other; the last one stays. */
function gate(values: number[], limits = new Map([['Threads_running', 25]])) {
  const notes: string[] = [];
  const stop = new AbortController();
  const read = vi.fn(() =>
    Promise.resolve(new Map([['threads_running', values.length > 1 ? values.shift()! : values[0]!]])),
  );
  return {
    notes,
    stop,
    read,
    gate: new LoadGate({ limits, read, onNote: (text) => notes.push(text), signal: stop.signal }),
  };
}

describe('the gate before a busy source', () => {
  it('is open below the limit, and asks no more than twice a second', async () => {
    const { gate: open, read, notes } = gate([24]);
    for (let i = 0; i < 100; i++) await open.pass();
    expect([read.mock.calls.length, notes]).toEqual([1, []]);
  });

  it('is closed from the limit on, until it is below again, and says so once each', async () => {
    const { gate: closed, read, notes } = gate([25, 30, 24]);
    await closed.pass();
    expect(read).toHaveBeenCalledTimes(3);
    expect(notes).toEqual([
      'Held back while the source is busy: Threads_running is 25, and the limit 25. What this command does itself is counted.',
      expect.stringMatching(/^Going on: the source was busy for \d+ s\.$/),
    ]);
  });

  it('asks nothing without limits, ends when it is stopped, and refuses what the server does not count', async () => {
    const { gate: none, read } = gate([99], new Map());
    await none.pass();
    expect(read).not.toHaveBeenCalled();
    const { gate: stopped, stop } = gate([99]);
    const passing = stopped.pass();
    stop.abort(new Error('stopped'));
    await expect(passing).rejects.toThrow('stopped');
    await expect(gate([1], new Map([['Nope', 1]])).gate.pass()).rejects.toMatchObject({ code: 'USAGE' });
  });
});
