/** The archives that a bucket has of a source: which there are, and what of an unfinished one counts. */
import { describedBy } from '../../streams/archive-writer.ts';
import { TransfuseError } from '../core/errors.ts';
import type { ListedObject, ObjectStore } from '../storage/object-store.ts';
import type { ArchiveNames } from './archive-names.ts';
import { ARCHIVE_FORMAT, type ArchivedChunk, type ArchiveManifest, type ArchivePlan } from './manifest.ts';

export class ArchiveBucket {
  readonly store: ObjectStore;
  readonly names: ArchiveNames;

  constructor(store: ObjectStore, names: ArchiveNames) {
    this.store = store;
    this.names = names;
  }

  /** The ids of all archives, the oldest first. */
  async archives(): Promise<{ whole: string[]; begun: string[] }> {
    const whole = new Set<string>();
    const begun = new Set<string>();
    for await (const page of this.store.list(this.names.all)) {
      for (const { name } of page) {
        const { archive, is } = this.names.read(name);
        if (is === 'whole') whole.add(archive);
        if (is === 'begun') begun.add(archive);
      }
    }
    return { whole: [...whole].toSorted(), begun: [...begun].filter((id) => !whole.has(id)).toSorted() };
  }

  async readPlan(archive: string): Promise<ArchivePlan> {
    return (await this.#readJson(this.names.plan(archive), archive)) as ArchivePlan;
  }

  async readManifest(archive: string): Promise<ArchiveManifest> {
    return (await this.#readJson(this.names.manifest(archive), archive)) as ArchiveManifest;
  }

  async writePlan(plan: ArchivePlan): Promise<void> {
    await this.#writeJson(this.names.plan(plan.archive), plan);
  }

  async writeManifest(manifest: ArchiveManifest): Promise<void> {
    await this.#writeJson(this.names.manifest(manifest.archive), manifest);
  }

  /** The chunks of the plan that are there in all their parts. Parts of others are removed: their rows are read again. */
  async finishedChunks(plan: ArchivePlan): Promise<Map<string, ArchivedChunk>> {
    const { archive } = plan;
    const objects = new Map<string, ListedObject>();
    for await (const page of this.store.list(`${this.names.all}${archive}/`))
      for (const object of page)
        if (this.names.read(object.name).is === 'part') objects.set(object.name, object);
    const finished = new Map<string, ArchivedChunk>();
    for (const { name: table, chunks } of plan.tables) {
      for (const { chunk } of chunks) {
        const parts: ListedObject[] = [];
        const next = (): ListedObject | undefined =>
          objects.get(this.names.part(archive, table, chunk, parts.length));
        for (let part = next(); part; part = next()) parts.push(part);
        const described = describedBy(parts.at(-1)?.metadata ?? {});
        if (described?.parts === parts.length) {
          const { parts: _, ...content } = described;
          const archived = parts.map(({ name, generation, size, crc32c }) => ({
            object: name,
            generation,
            sizeBytes: size,
            crc32c,
          }));
          finished.set(chunkKey(table, chunk), { chunk, ...content, parts: archived });
        } else {
          // The first last: as long as it is there the others are found.
          for (const part of parts.toReversed()) await this.store.remove(part);
        }
      }
    }
    return finished;
  }

  async #readJson(name: string, archive: string): Promise<unknown> {
    const found = await this.store.find(name);
    if (!found) throw noArchive(archive);
    const content = JSON.parse(
      (await this.store.read({ name, generation: found.generation })).toString(),
    ) as {
      format?: unknown;
    };
    if (content.format !== ARCHIVE_FORMAT) throw tooNew(archive);
    return content;
  }

  async #writeJson(name: string, content: object): Promise<void> {
    const bytes = Buffer.from(`${JSON.stringify(content, null, 1)}\n`);
    await this.store.put({ name, contentType: 'application/json', open: () => [bytes] });
  }
}

export function chunkKey(table: string, chunk: number): string {
  return `${chunk} ${table}`;
}

function noArchive(archive: string): TransfuseError {
  return new TransfuseError('ARCHIVE_MISSING', `The bucket has no whole archive ${archive} of this source.`, {
    where: { archive },
  });
}

function tooNew(archive: string): TransfuseError {
  return new TransfuseError(
    'ARCHIVE_MISSING',
    `The archive ${archive} is of a form that this program does not know.`,
    {
      where: { archive, known: ARCHIVE_FORMAT },
      fix: 'Use the version of the program that made it, or a newer one.',
    },
  );
}
