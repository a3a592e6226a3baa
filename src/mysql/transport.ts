import net from 'node:net';

const KEEP_ALIVE_DELAY_MS = 30_000;

/**
 * A TCP connection, or one to a Unix socket where the host is a path. Keep-alive finds a dead peer that a firewall
 * hides; without it a paused reader would wait for ever.
 */
export function connectSocket(host: string, port: number): net.Socket {
  if (host.startsWith('/')) return net.connect(host);
  const socket = net.connect({
    host,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
  });
  // With an IP address for host the driver names no server for TLS, and Node would compare the certificate with
  // "localhost". Node looks here first; a test proves that a certificate for another address is refused.
  if (net.isIP(host) !== 0) Object.assign(socket, { _host: host });
  return socket;
}
