/**
 * Looks through the directory and the bucket for what no row stands for, and for objects that rows stand for and are not there. Removes nothing. Holds a page of names. What comes into either
 * while it looks may be taken for a stray: it belongs behind a load, and not beside a sync.
 */
import { countStrays, forgetStrays, recordLost, recordStrays, type Stray } from '../ledger/strays.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import type { DocumentMapping } from './document-mapping.ts';
import type { ListedObject } from '../storage/object-store.ts';
import type { DocumentTools } from './document-tools.ts';

export type SweepReport = Awaited<ReturnType<typeof countStrays>>;

const FILES_AT_ONCE = 1000;

interface SweepOptions {
  tools: DocumentTools;
  mappings: readonly DocumentMapping[];
  runId: string;
  inTarget<T>(work: (target: TargetConnection) => Promise<T>): Promise<T>;
}

/** Throws STORAGE_*, DOCUMENTS_ROOT_LOST. */
export async function sweep({ tools, mappings, runId, inTarget }: SweepOptions): Promise<SweepReport> {
  await inTarget((target) => forgetStrays(target, runId));
  const { bucket, objectPrefix: prefix } = tools;
  let after = '';
  const compare = (objects: readonly ListedObject[], last: string | null): Promise<void> =>
    inTarget((target) => recordLost(target, runId, { bucket, prefix, after, last, objects }));
  for await (const page of tools.store.list(prefix)) {
    const found = page.map(({ name, size }) => ({ name: Buffer.from(name), sizeBytes: size }));
    await inTarget((target) => recordStrays(target, runId, 'object', found));
    const last = page.at(-1)?.name ?? after;
    await compare(page, last);
    after = last;
  }
  await compare([], null);
  const isOther = (path: Buffer): boolean => {
    const names = path.toString().split('/');
    return mappings.some(({ documents }) => documents.isOtherFile(names));
  };
  let files: Stray[] = [];
  const record = async (): Promise<void> => {
    const found = files;
    files = [];
    await inTarget((target) => recordStrays(target, runId, 'file', found));
  };
  for await (const path of tools.root.files()) {
    if (isOther(path)) continue;
    files.push({ name: path, sizeBytes: await tools.root.sizeOf(path) });
    if (files.length >= FILES_AT_ONCE) await record();
  }
  await record();
  return inTarget((target) => countStrays(target, runId));
}
