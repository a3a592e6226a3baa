import net from 'node:net';

const KEEP_ALIVE_DELAY_MS = 30_000;
/** What a read takes at most. */
export const READ_BYTES = 64 * 1024;

/**
 * A TCP connection, or one to a Unix socket where the host is a path. Keep-alive finds a dead peer that a firewall
 * hides; without it a paused reader would wait for ever.
 *
 * With `reuseReadBuffer` every read goes into the same memory, which `'data'` gives out: it is valid during the call only. An
 * allocation for each read costs more in the collector than the read itself. Not for a socket that TLS will wrap.
 */
export function connectSocket(
  host: string,
  port: number,
  { reuseReadBuffer = false }: { reuseReadBuffer?: boolean } = {},
): net.Socket {
  const address = host.startsWith('/')
    ? { path: host }
    : { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS };
  const socket: net.Socket = net.connect({
    ...address,
    ...(reuseReadBuffer && {
      onread: {
        buffer: Buffer.allocUnsafeSlow(READ_BYTES),
        callback(length: number, buffer: Uint8Array) {
          socket.emit('data', (buffer as Buffer).subarray(0, length));
          return true;
        },
      },
    }),
  });
  // With an IP address for host the driver names no server for TLS, and Node would compare the certificate with
  // "localhost". Node looks here first; a test proves that a certificate for another address is refused.
  if (net.isIP(host) !== 0) Object.assign(socket, { _host: host });
  return socket;
}
