/** TCP ports for servers that are killed and started again on the same port. */
import { randomInt } from 'node:crypto';
import net from 'node:net';

/** Below the kernel's ephemeral range (32768 up), so no outgoing connection takes the port while a server is down. */
const LOWEST_PORT = 15_000;
const HIGHEST_PORT = 32_000;
const MAX_ATTEMPTS = 5;

async function pickFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/**
 * Runs `launch` on the wished port, or on a free one. Between finding a free port and using it somebody else may take
 * it: then another is tried.
 */
export async function onFreePort<Server>(
  wishedPort: number | undefined,
  launch: (port: number) => Promise<Server>,
): Promise<Server> {
  if (wishedPort !== undefined) return launch(wishedPort);
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(await pickFreePort());
    } catch (error) {
      const isTaken = error instanceof Error && /address already in use/i.test(error.message);
      if (!isTaken || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}
