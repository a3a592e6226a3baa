import { EventEmitter } from 'node:events';
import { setImmediate as tick } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TransfuseError } from '../../src/core/errors.ts';
import type { SourceConnection } from '../../src/mysql/connection.ts';
import { RowSource } from '../../streams/row-source.ts';
import { packets, rowPayload } from '../support/text-protocol.ts';

const DEFINITIONS = packets(Buffer.from('definition'));
const EOF_PACKET = packets(Buffer.from([0xfe, 0, 0, 2, 0]));

/** A connection whose server is the test: it answers one query with what is fed to it. */
function fakeConnection() {
  const query = new EventEmitter();
  const lossListeners = new Set<(error: TransfuseError) => void>();
  const socket = {
    isPaused: false,
    pause: () => (socket.isPaused = true),
    resume: () => (socket.isPaused = false),
  };
  let ends = 0;
  const raw = {
    sequenceId: 0,
    stream: socket,
    packetParser: {
      execute(packet: Buffer) {
        if (packet[4] !== 0xfe) query.emit('fields', [{ name: 'a' }]);
        else if (++ends === 2) query.emit('end');
      },
    },
    query: () => query,
  };
  const state = { isDestroyed: false };
  const source = {
    raw,
    context: {},
    onLost: (listener: (error: TransfuseError) => void) => {
      lossListeners.add(listener);
      return () => lossListeners.delete(listener);
    },
    destroy: () => (state.isDestroyed = true),
  } as unknown as SourceConnection;
  return {
    source,
    socket,
    state,
    feed: (chunk: Buffer) => raw.packetParser.execute(chunk),
    lose: () =>
      lossListeners.forEach((listener) =>
        listener(new TransfuseError('SOURCE_LOST', 'lost', { transient: true })),
      ),
  };
}

const row = packets(rowPayload([Buffer.from('x')]));

describe('the row source', () => {
  it('stops reading while the consumer is busy, and leaves the socket flowing when the rows are over [invariant 7]', async () => {
    const connection = fakeConnection();
    const stream = new RowSource({ source: connection.source, sql: 'SELECT', table: 't' });
    stream.read(0);
    connection.feed(Buffer.concat([DEFINITIONS, EOF_PACKET]));
    for (let n = 0; n < 7; n++) connection.feed(row);
    expect(connection.socket.isPaused).toBe(false);
    connection.feed(row);
    expect(connection.socket.isPaused).toBe(true);
    // What had been received already still comes, the end among it: nobody will call for more after that.
    connection.feed(Buffer.concat([row, EOF_PACKET]));
    expect(connection.socket.isPaused).toBe(false);
    let rows = 0;
    for await (const batch of stream) rows += (batch as { rows: number }).rows;
    expect(rows).toBe(9);
    expect(connection.state.isDestroyed).toBe(false);
  });

  it('reads on when the consumer has caught up', async () => {
    const connection = fakeConnection();
    const stream = new RowSource({ source: connection.source, sql: 'SELECT', table: 't' });
    stream.read(0);
    connection.feed(Buffer.concat([DEFINITIONS, EOF_PACKET]));
    for (let n = 0; n < 12; n++) connection.feed(row);
    expect(connection.socket.isPaused).toBe(true);
    while (stream.read() !== null);
    await tick();
    expect(connection.socket.isPaused).toBe(false);
    stream.destroy();
  });

  it('gives the connection up when it is left in the middle of the rows', async () => {
    const connection = fakeConnection();
    const stream = new RowSource({ source: connection.source, sql: 'SELECT', table: 't' });
    stream.read(0);
    connection.feed(Buffer.concat([DEFINITIONS, EOF_PACKET, row]));
    stream.destroy();
    await tick();
    expect(connection.state.isDestroyed).toBe(true);
  });

  it('ends with the loss of the connection, in our words', async () => {
    const connection = fakeConnection();
    const stream = new RowSource({ source: connection.source, sql: 'SELECT', table: 't' });
    const failed = new Promise((resolve) => stream.once('error', resolve));
    stream.read(0);
    connection.feed(Buffer.concat([DEFINITIONS, EOF_PACKET, row]));
    connection.lose();
    expect(await failed).toMatchObject({ code: 'SOURCE_LOST', transient: true });
  });

  it('ends when the columns are not the planned ones', async () => {
    const connection = fakeConnection();
    const stream = new RowSource({
      source: connection.source,
      sql: 'SELECT',
      table: 't',
      onFields: () => {
        throw new TransfuseError('SOURCE_TABLE_CHANGED', 'altered');
      },
    });
    const failed = new Promise((resolve) => stream.once('error', resolve));
    stream.read(0);
    connection.feed(Buffer.concat([DEFINITIONS, EOF_PACKET, row]));
    expect(await failed).toMatchObject({ code: 'SOURCE_TABLE_CHANGED' });
  });
});
