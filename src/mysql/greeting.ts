/** What a server says first tells whether it is MySQL at all: it speaks before the client does. */
import type { Socket } from 'node:net';
import { TransfuseError } from '../core/errors.ts';

const PROTOCOL_VERSION = 10;
const ERROR_PACKET = 0xff;

/** How far a connection came before its user was signed in. */
export class Greeting {
  #state: 'not connected' | 'silent' | 'greeted' | 'stranger' = 'not connected';

  /** Watches a socket that was just made. Ends one whose server speaks another language. */
  watch(socket: Socket): Socket {
    socket.once('connect', () => (this.#state = 'silent'));
    socket.once('data', (first: Buffer) => {
      if (first.length < DECIDING_BYTES) return;
      this.#state = isGreeting(first) ? 'greeted' : 'stranger';
      if (this.#state === 'stranger') socket.destroy();
    });
    return socket;
  }

  /**
   * Says more of a failure to sign in: who accepts connections and does not greet is no MySQL server, or hangs. Such a server
   * is unreachable, not lost, since nothing was begun. Other errors are returned as they are.
   */
  explain(error: TransfuseError, timeoutMs: number): TransfuseError {
    const isSilence = error.code === 'SOURCE_UNREACHABLE';
    if (error.code === 'INTERRUPTED' || (isSilence && this.#state === 'not connected')) return error;
    if (!isSilence && this.#state !== 'stranger' && error.code !== 'SOURCE_LOST') return error;
    const { host, port } = error.where;
    const at = `At ${host}${String(host).startsWith('/') ? '' : `:${port}`}`;
    const fail = (message: string): TransfuseError =>
      new TransfuseError('SOURCE_UNREACHABLE', message, {
        where: error.where,
        transient: true,
        fix: OTHER_SERVER,
      });
    switch (this.#state) {
      case 'stranger':
        return fail(`${at} something listens that does not speak as MySQL does.`);
      case 'not connected': // reset so early that the system never told of the connection
      case 'silent':
        return fail(
          isSilence
            ? `${at} something accepts connections and does not greet as MySQL does: nothing came within ${timeoutMs / 1000} s.`
            : `${at} something accepts connections and ends them without the greeting of MySQL.`,
        );
      case 'greeted':
        return fail(
          isSilence
            ? `${at} a MySQL server greets, and did not sign the user in within ${timeoutMs / 1000} s.`
            : `${at} a MySQL server greets, and ended the connection before the user was signed in.`,
        );
    }
  }
}

const OTHER_SERVER =
  'Check LEGACY_DB_HOST and LEGACY_DB_PORT, which is 3306 for most MySQL servers: another kind of server may listen there, such as ' +
  'PostgreSQL or a web server, or a proxy with no MySQL behind it. If it is MySQL, see its log.';

/** The length of a packet, its number, and its kind. */
const DECIDING_BYTES = 5;

/** A packet with number 0 that holds a greeting, or an error such as "too many connections". */
function isGreeting(first: Buffer): boolean {
  return first[3] === 0 && (first[4] === PROTOCOL_VERSION || first[4] === ERROR_PACKET);
}
