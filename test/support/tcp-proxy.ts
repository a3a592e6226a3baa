/** A TCP proxy that does to connections what networks do: cuts, stalls, silence, and little bandwidth. */
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface TcpProxy extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Bytes that servers have sent to clients, over all connections so far. */
  readonly bytesToClients: number;
  readonly bytesToServers: number;
  readonly connectionCount: number;
  /** Resets every connection, on both sides (RST). New ones are accepted. */
  cut(): void;
  /** Nothing moves any more, in either direction, on old and new connections; nothing is lost. */
  stall(): void;
  /** Undoes `stall` and `throttle`, and what was to stall later. Connections in a black hole stay there. */
  resume(): void;
  /** Stalls as soon as servers have sent so many bytes more. Resolves then. */
  stallAfterBytesToClients(bytes: number): Promise<void>;
  stallAfterBytesToServers(bytes: number): Promise<void>;
  /**
   * What a firewall does that forgets: the server's side of every connection is closed, the client's stays open, takes
   * bytes, and never says anything again. New connections work.
   */
  blackHole(): void;
  /** What a firewall does that drops: both ends of every connection stay open, and neither hears of the other again. New connections work. A server notices by its keep-alive, in time. */
  silence(serverNoticesAfterMs?: number): void;
  throttle(bytesPerSecond: number): void;
  /** Where new connections go from now on. */
  redirect(upstream: { host: string; port: number }): void;
  /** Whether new connections are let through; refused ones are reset. */
  accept(isAccepting: boolean): void;
  close(): Promise<void>;
}

type Side = 'client' | 'server';

interface Link {
  client: net.Socket;
  server: net.Socket;
  inBlackHole: boolean;
  /** The server is not told when the client has gone. */
  keepsServer: boolean;
}

const THROTTLE_STEP_MS = 50;

export async function startTcpProxy(firstUpstream: { host: string; port: number }): Promise<TcpProxy> {
  let upstream = firstUpstream;
  const links = new Set<Link>();
  const sent = { client: 0, server: 0 };
  const triggers: { side: Side; atBytes: number; fire: () => void }[] = [];
  let stalled = false;
  let accepting = true;
  let bytesPerSecond = Infinity;

  const eachSocket = (action: (socket: net.Socket) => void) => {
    for (const link of links) {
      if (!link.inBlackHole) [link.client, link.server].forEach(action);
    }
  };
  const stall = () => {
    stalled = true;
    eachSocket((socket) => socket.pause());
  };

  function connect(client: net.Socket): void {
    if (!accepting) {
      client.resetAndDestroy();
      return;
    }
    const server = net.connect(upstream.port, upstream.host);
    const link: Link = { client, server, inBlackHole: false, keepsServer: false };
    links.add(link);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => {}); // its close follows
      socket.on('close', () => {
        if (link.inBlackHole && socket === server && !link.keepsServer) return;
        if (link.keepsServer && !server.destroyed) return;
        links.delete(link);
        client.destroy();
        server.destroy();
      });
      if (stalled) socket.pause();
    }
    client.on('data', (data) => void forward(link, 'server', data));
    server.on('data', (data) => void forward(link, 'client', data));
    client.on('end', () => link.inBlackHole || server.end());
    server.on('end', () => link.inBlackHole || client.end());
  }

  async function forward(link: Link, to: Side, data: Buffer): Promise<void> {
    if (link.inBlackHole) return;
    const from = link[to === 'client' ? 'server' : 'client'];
    sent[to] += data.length;
    for (const trigger of triggers.slice())
      if (trigger.side === to && sent[to] >= trigger.atBytes) trigger.fire();
    const flushed = link[to].write(data);
    if (flushed && bytesPerSecond === Infinity) return;
    from.pause();
    if (!flushed) await once(link[to], 'drain').catch(() => undefined);
    if (bytesPerSecond !== Infinity)
      await sleep(Math.max(THROTTLE_STEP_MS, (data.length / bytesPerSecond) * 1000));
    if (!stalled) from.resume();
  }

  function stallAfter(side: Side, bytes: number): Promise<void> {
    return new Promise((resolve) => {
      const trigger = {
        side,
        atBytes: sent[side] + bytes,
        fire: () => {
          triggers.splice(triggers.indexOf(trigger), 1);
          stall();
          resolve();
        },
      };
      triggers.push(trigger);
    });
  }

  const listener = net.createServer({ allowHalfOpen: true }, connect);
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const close = async () => {
    listener.close();
    for (const { client, server } of links) {
      client.destroy();
      server.destroy();
    }
    await sleep(0);
  };
  return {
    host: '127.0.0.1',
    port: (listener.address() as net.AddressInfo).port,
    get bytesToClients() {
      return sent.client;
    },
    get bytesToServers() {
      return sent.server;
    },
    get connectionCount() {
      return links.size;
    },
    cut: () => eachSocket((socket) => socket.resetAndDestroy()),
    stall,
    resume: () => {
      stalled = false;
      bytesPerSecond = Infinity;
      triggers.length = 0;
      eachSocket((socket) => socket.resume());
    },
    stallAfterBytesToClients: (bytes) => stallAfter('client', bytes),
    stallAfterBytesToServers: (bytes) => stallAfter('server', bytes),
    blackHole: () => {
      for (const link of links) {
        link.inBlackHole = true;
        link.server.destroy();
        link.client.resume();
      }
    },
    silence: (serverNoticesAfterMs) => {
      for (const link of links) {
        link.inBlackHole = link.keepsServer = true;
        link.client.resume();
        link.server.resume();
        if (serverNoticesAfterMs !== undefined) {
          setTimeout(() => link.server.destroy(), serverNoticesAfterMs).unref();
        }
      }
    },
    throttle: (rate) => (bytesPerSecond = rate),
    redirect: (other) => (upstream = other),
    accept: (isAccepting) => (accepting = isAccepting),
    close,
    [Symbol.asyncDispose]: close,
  };
}
