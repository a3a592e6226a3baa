import type { Socket } from 'node:net';
import type { Client } from 'pg';

/** Bytes that went over the wire of a session with the target, in both directions. */
export function wireBytes(client: Client): number {
  const stream = streamOf(client);
  return stream.bytesRead + stream.bytesWritten - stream.writableLength;
}

export function isClosed(client: Client): boolean {
  return streamOf(client).destroyed;
}

function streamOf(client: Client): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}
