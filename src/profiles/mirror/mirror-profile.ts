/**
 * The mirror profile: any source database, one table to one table, one column to one column, converted only in type.
 * Generated columns come along as the values they had.
 */
import type { Profile, Mapping } from '../../mapping/mapping.ts';
import { mirrorTables, type MirrorColumn } from './tables.ts';

export const mirrorProfile: Profile = {
  name: 'mirror',
  services: ['patient'],
  mappings(source, options): Mapping[] {
    return mirrorTables(source, options).map((table) => ({
      shape: 'row',
      id: table.source.name,
      service: 'patient',
      source: { table: table.source.name },
      target: { schema: options.targetSchema, table: table.name },
      columns: table.columns.map((column) => ({
        target: { name: column.name, type: column.type, nullable: column.nullable },
        value: { kind: 'column', column: column.source.name },
        phi: phiClassOf(column),
      })),
    }));
  },
};

/** Nothing is known of a column's meaning: what is not a key is taken for clinical, never for harmless. */
function phiClassOf(column: MirrorColumn): 'identifier' | 'clinical' {
  return column.inPrimaryKey || column.inForeignKey ? 'identifier' : 'clinical';
}
