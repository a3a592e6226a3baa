import type { MappingOptions } from '../../../mapping/mapping.ts';
import type { SourceCatalog } from '../../../mysql/catalog-model.ts';
import type { SchemaNote } from '../../../postgres/schema-plan.ts';
import type { RelationNames } from '../names.ts';
import type { MirrorTable } from '../tables.ts';

export interface MirrorSchemaOptions extends MappingOptions {
  /** IANA name of the zone in which the source's DATETIMEs are wall-clock times; null where it was not said. */
  timeZone: string | null;
}

/** What the makers of the schema's objects share while one plan is made. */
export interface DdlContext {
  source: SourceCatalog;
  options: MirrorSchemaOptions;
  tables: readonly MirrorTable[];
  names: RelationNames;
  note(table: string | null, object: string, text: string): void;
}

export function createNotes(): { notes: SchemaNote[]; note: DdlContext['note'] } {
  const notes: SchemaNote[] = [];
  return { notes, note: (table, object, text) => notes.push({ table, object, text }) };
}
