/** What moving documents takes, opened once for a command: the root of the files, the keys of their seals, the bucket. */
import type { DatabaseSettings, DocumentSettings, Settings, StorageSettings } from '../config/settings.ts';
import { KeptUploads } from '../ledger/upload-sessions.ts';
import type { KeyVault } from '../mapping/document-source.ts';
import { ControlSource } from '../mysql/control-source.ts';
import { documentPrefix } from '../storage/document-prefix.ts';
import { ObjectStore } from '../storage/object-store.ts';
import { fileContent } from './content.ts';
import type { DocumentMapping } from './document-mapping.ts';
import { DocumentMover } from './document-mover.ts';
import { DocumentsRoot } from './documents-root.ts';
import { SealKeys } from './seal-keys.ts';
import { namesByContent, namesByOwner, type ObjectNames } from './object-names.ts';

export interface ToolOptions {
  settings: Settings & { storage: StorageSettings; documents: DocumentSettings };
  /** Where the ledger is. */
  ledger: DatabaseSettings;
  signal: AbortSignal;
  retryTimeoutMs: number;
  onRetry(warning: string): void;
}

/** Of a file that holds a key; it has some hundred bytes. */
const MAX_KEY_FILE_BYTES = 64 * 1024;

export class DocumentTools {
  readonly root: DocumentsRoot;
  readonly source: ControlSource;
  readonly store: ObjectStore;
  readonly bucket: string;
  /** What the names of all documents of this source begin with. */
  readonly objectPrefix: string;
  readonly #settings: ToolOptions['settings'];
  readonly #names: ObjectNames;
  readonly #uploads: KeptUploads;

  private constructor(
    { settings }: ToolOptions,
    root: DocumentsRoot,
    source: ControlSource,
    store: ObjectStore,
    uploads: KeptUploads,
  ) {
    this.#uploads = uploads;
    this.#settings = settings;
    this.root = root;
    this.source = source;
    this.store = store;
    this.bucket = settings.storage.bucket;
    this.objectPrefix = documentPrefix(settings.storage, settings.source.database);
    const naming = settings.documents.sharesContent ? namesByContent : namesByOwner;
    this.#names = naming(this.objectPrefix);
  }

  /** Throws DOCUMENTS_ROOT_UNUSABLE, and what connecting to the source throws. */
  static async open(options: ToolOptions): Promise<DocumentTools> {
    const { settings, ledger, signal, retryTimeoutMs, onRetry } = options;
    const root = await DocumentsRoot.open(settings.documents.root);
    const source = await ControlSource.open({ settings: settings.source, signal, retryTimeoutMs, onRetry });
    const sessions = new KeptUploads(ledger, settings.storage.bucket, signal);
    const store = new ObjectStore({ settings: settings.storage, signal, retryTimeoutMs, onRetry, sessions });
    return new DocumentTools(options, root, source, store, sessions);
  }

  /** Reads the keys that the documents of the mapping may be encrypted with. Throws SOURCE_*. */
  async moverOf({ documents, sourceTable, keyColumn }: DocumentMapping): Promise<DocumentMover> {
    const { root, source, store } = this;
    return new DocumentMover({
      root,
      source,
      sourceTable,
      keyColumn,
      store,
      bucket: this.#settings.storage.bucket,
      names: this.#names,
      keys: documents.seal && (await SealKeys.read(documents.seal, this.#vault())),
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.source.release(), this.#uploads.close()]);
  }

  #vault(): KeyVault {
    return {
      rows: (sql) => this.source.run((connection) => connection.query(sql)),
      file: async (path) => {
        const found = await this.root.find(path);
        if (typeof found === 'string') return null;
        const content = fileContent(found);
        try {
          if (content.sizeBytes > MAX_KEY_FILE_BYTES) return null;
          const pieces: Buffer[] = [];
          for await (const piece of content.read()) pieces.push(piece);
          return Buffer.concat(pieces);
        } finally {
          await content.close();
        }
      },
    };
  }
}
