/** The server cannot be had on this machine. The message says why, and what to install. */
export class ServerUnavailableError extends Error {
  override readonly name = 'ServerUnavailableError';
}
