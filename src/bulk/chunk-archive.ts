import { ArchiveTee } from '../../streams/archive-tee.ts';
import { ArchiveWriter, removeParts } from '../../streams/archive-writer.ts';
import { archivedColumns } from '../../streams/json-form.ts';
import type { Settings } from '../config/settings.ts';
import type { SourceTable } from '../mysql/catalog-model.ts';
import { ObjectStore } from '../storage/object-store.ts';
import type { ChunkTask } from './chunk-task.ts';

interface ChunkArchiveOptions {
  settings: Settings;
  signal: AbortSignal;
  onRetry(warning: string): void;
}

/**
 * A lane's way into an archive. A chunk goes there once: where its load is tried again, because of the target or of a row, what the archive
 * has stays. One that is loaded carefully from the start is left to whoever finishes the archive.
 */
export class ChunkArchive {
  readonly #options: ChunkArchiveOptions;
  #store: ObjectStore | null = null;
  #task: ChunkTask | null = null;
  #tee: ArchiveTee | null = null;

  constructor(options: ChunkArchiveOptions) {
    this.#options = options;
  }

  /** Nothing moves meanwhile but what goes to the bucket. */
  get isStoring(): boolean {
    return this.#tee?.isStoring ?? false;
  }

  /** What the rows of this attempt go through; null where they go nowhere else. Throws STORAGE_*. */
  async tee(task: ChunkTask, table: SourceTable): Promise<ArchiveTee | null> {
    const { archivePrefix: prefix } = task;
    if (prefix === null) return null;
    const isAgain = this.#task === task;
    if (isAgain && this.#tee?.isWhole) return null;
    const store = (this.#store ??= this.#open());
    if (isAgain) await removeParts(store, prefix);
    this.#task = task;
    return (this.#tee = new ArchiveTee(
      new ArchiveWriter({ columns: archivedColumns(table), store, prefix }),
    ));
  }

  #open(): ObjectStore {
    const { settings, signal, onRetry } = this.#options;
    const { retryTimeoutMs } = settings.bulk;
    return new ObjectStore({ settings: settings.storage!, signal, retryTimeoutMs, onRetry });
  }
}
