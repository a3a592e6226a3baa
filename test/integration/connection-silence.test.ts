import { describe, expect, it } from 'vitest';
import { openSource } from '../../src/mysql/connection.ts';
import { openTarget } from '../../src/postgres/connection.ts';
import { createSourceDatabase, createTargetDatabase } from '../support/databases.ts';
import { sourceSettings } from '../support/source-settings.ts';
import { targetSettings } from '../support/target-settings.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

/** Opens once to see how much is said, and again through a network that stands still when the last of it has been said. */
async function openInSilence(
  server: { host: string; port: number },
  open: (port: number) => Promise<{ close(): Promise<void> }>,
): Promise<unknown> {
  await using proxy = await startTcpProxy(server);
  const first = await open(proxy.port);
  const bytes = proxy.bytesToServers;
  await first.close();
  void proxy.stallAfterBytesToServers(bytes - 5);
  return await open(proxy.port).then(
    () => 'opened',
    (error: unknown) => error,
  );
}

describe.concurrent('a server that lets us in and then says no more', () => {
  it('is a target that cannot be reached now, and may be later', async () => {
    await using target = await createTargetDatabase();
    const error = await openInSilence(target.config, (port) =>
      openTarget(targetSettings({ ...target.config, port }, target.config.database), {
        applicationName: 'silence',
      }),
    );
    expect(error).toMatchObject({ code: 'TARGET_UNREACHABLE', transient: true });
  });

  it('is a source that is lost, and may come back', async () => {
    await using source = await createSourceDatabase('mariadb');
    const error = await openInSilence(source.config, (port) =>
      openSource(sourceSettings(source, { port }), { purpose: 'silence' }),
    );
    expect(error).toMatchObject({ code: 'SOURCE_LOST', transient: true });
  });
});
