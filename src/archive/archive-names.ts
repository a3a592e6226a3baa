/** Names of the objects of archives. Tables are named, people never. */
import { randomBytes } from 'node:crypto';
import { partName } from '../../streams/archive-writer.ts';

const PLAN = 'plan.json';
const MANIFEST = 'manifest.json';
const CHUNK_DIGITS = 6;

export class ArchiveNames {
  /** What all archives of the database begin with. */
  readonly all: string;

  /** `prefix` is empty or ends with a slash. */
  constructor(prefix: string, database: string) {
    this.all = `${prefix}archives/${encodeURIComponent(database)}/`;
  }

  plan(archive: string): string {
    return `${this.all}${archive}/${PLAN}`;
  }

  manifest(archive: string): string {
    return `${this.all}${archive}/${MANIFEST}`;
  }

  /** What all parts of the chunk begin with. */
  chunk(archive: string, table: string, chunk: number): string {
    return `${this.all}${archive}/${encodeURIComponent(table)}/${digits(chunk, CHUNK_DIGITS)}-`;
  }

  part(archive: string, table: string, chunk: number, part: number): string {
    return partName(this.chunk(archive, table, chunk), part);
  }

  /** The archive that an object belongs to, and whether it says of it that it was begun, or that it is whole. */
  read(name: string): { archive: string; is: 'begun' | 'whole' | 'part' } {
    const [archive = '', ...rest] = name.slice(this.all.length).split('/');
    const file = rest.join('/');
    return { archive, is: file === PLAN ? 'begun' : file === MANIFEST ? 'whole' : 'part' };
  }
}

/** In the order of time. */
export function newArchiveId(now: Date): string {
  return `${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${randomBytes(2).toString('hex')}`;
}

function digits(number: number, length: number): string {
  return String(number).padStart(length, '0');
}
