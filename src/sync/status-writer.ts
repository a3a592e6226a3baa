/**
 * Writes into the ledger what the sync says of itself, on a connection of its own: also while the target's tables make the sync
 * wait. What fails is tried again next time: the sync does not depend on it.
 */
import type { DatabaseSettings } from '../config/settings.ts';
import { writeSyncStatus, type SyncStatus } from '../ledger/sync-status.ts';
import { openTarget, type TargetConnection } from '../postgres/connection.ts';

const INTERVAL_MS = 2_000;
const GIVE_UP_MS = 5_000;

export class StatusWriter {
  readonly #settings: DatabaseSettings;
  readonly #runId: string;
  readonly #read: () => SyncStatus;
  readonly #timer: NodeJS.Timeout;
  #target: TargetConnection | null = null;
  #writing: Promise<void> | null = null;

  /** Begins at once. */
  constructor(settings: DatabaseSettings, runId: string, read: () => SyncStatus) {
    this.#settings = settings;
    this.#runId = runId;
    this.#read = read;
    this.#tick();
    this.#timer = setInterval(() => this.#tick(), INTERVAL_MS);
  }

  /** Says how it stands at the end, where the target still answers. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    await this.#write();
    await this.#target?.close();
  }

  #tick(): void {
    this.#writing ??= this.#write().finally(() => (this.#writing = null));
  }

  async #write(): Promise<void> {
    const signal = AbortSignal.timeout(GIVE_UP_MS);
    const giveUp = (): void => this.#target?.destroy();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      if (this.#target?.isLost) this.#target = null;
      this.#target ??= await openTarget(this.#settings, { applicationName: 'transfuse sync status', signal });
      await writeSyncStatus(this.#target, this.#runId, this.#read());
    } catch {
      this.#target?.destroy();
      this.#target = null;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }
}
