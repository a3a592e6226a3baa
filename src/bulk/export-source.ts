import type { ExportSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { readExports, type Exports } from '../exports/read-exports.ts';
import type { Plan } from '../mapping/plan.ts';
import type { SourceTable } from '../mysql/catalog-model.ts';
import type { KeyChunk } from '../mysql/chunk-planner.ts';
import type { BulkSource } from './bulk-source.ts';
import { boundOfFiles } from './export-chunk.ts';

/** A directory of exports as the source of a load: a file is a chunk. */
export class ExportSource implements BulkSource {
  readonly server = null;
  readonly #settings: ExportSettings;
  readonly #exports: Exports;

  private constructor(settings: ExportSettings, exports: Exports) {
    this.#settings = settings;
    this.#exports = exports;
  }

  /** Throws EXPORT_MISSING, EXPORT_MALFORMED. */
  static async open(settings: ExportSettings): Promise<ExportSource> {
    return new ExportSource(settings, await readExports(settings));
  }

  startPosition() {
    return Promise.resolve(null);
  }

  /** A chunk knows its files, and how they were. */
  signatureOf() {
    return Promise.resolve('');
  }

  chunksOf(table: SourceTable): Promise<KeyChunk[]> {
    const { groups } = this.#exports.tables.get(table.name)!;
    return Promise.resolve(
      groups.map((files, chunk) => ({ chunk, lower: null, upper: boundOfFiles(files) })),
    );
  }

  async requireUnchanged({ mappings }: Plan, isConcerned: (mapping: string) => boolean): Promise<void> {
    const now = await readExports(this.#settings);
    const filesOf = ({ tables }: Exports, table: string): string => JSON.stringify(tables.get(table)?.groups);
    for (const { mapping, table } of mappings) {
      if (!isConcerned(mapping.id) || filesOf(now, table.name) === filesOf(this.#exports, table.name))
        continue;
      throw new TransfuseError(
        'SOURCE_TABLE_CHANGED',
        `The exports of ${table.name} were changed while they were being loaded.`,
        { where: { table: table.name } },
      );
    }
  }

  release() {
    return Promise.resolve();
  }
}
