/**
 * The mirror of the wide table with eight columns transformed and two made UUIDs, as a move into a new data model does it.
 * Loaded by `--profile`, like any module of a user's own.
 */
import type { Expression, Profile } from '../../src/mapping/mapping.ts';
import {
  chain,
  code,
  digits,
  lower,
  mask,
  minorUnits,
  nullIfEmpty,
  titleCase,
  trim,
} from '../../src/mapping/transforms/index.ts';
import type { SourceCatalog, SourceColumn } from '../../src/mysql/catalog-model.ts';
import type { SchemaPlan } from '../../src/postgres/schema-plan.ts';
import { mirrorSchema, type MirrorSchemaOptions } from '../../src/profiles/mirror/ddl/mirror-schema.ts';
import { mirrorProfile } from '../../src/profiles/mirror/mirror-profile.ts';

const TITLES = { Mr: 'Mister', Mrs: 'Missus', Ms: 'Miz', Dr: 'Doctor' };
const SEXES = { M: 'male', F: 'female', U: 'unknown' };

const EXPRESSIONS: Readonly<Record<string, Expression>> = {
  pid: { kind: 'uuid', entity: 'patient', inputs: ['pid'] },
  mrn: { kind: 'uuid', entity: 'medical-record', inputs: ['mrn'] },
  title: { kind: 'transform', inputs: ['title'], transform: code(TITLES, 'keep') },
  fname: { kind: 'transform', inputs: ['fname'], transform: trim },
  lname: { kind: 'transform', inputs: ['lname'], transform: titleCase },
  sex: { kind: 'transform', inputs: ['sex'], transform: code(SEXES, 'refuse') },
  ss: { kind: 'transform', inputs: ['ss'], transform: mask(4) },
  phone: { kind: 'transform', inputs: ['phone'], transform: chain(digits, nullIfEmpty) },
  email: { kind: 'transform', inputs: ['email'], transform: chain(trim, lower) },
  balance: { kind: 'transform', inputs: ['balance'], transform: minorUnits(2) },
};

/** The types that the new columns would have at the source: the mirror's schema follows from them. */
const NEW_TYPES: Readonly<Record<string, Partial<SourceColumn>>> = {
  pid: { dataType: 'uuid', columnType: 'uuid' },
  mrn: { dataType: 'uuid', columnType: 'uuid' },
  title: { dataType: 'varchar', columnType: 'varchar(10)', length: 10, members: null },
  sex: { dataType: 'varchar', columnType: 'varchar(10)', length: 10 },
  balance: { dataType: 'bigint', columnType: 'bigint', precision: null, scale: null },
};

export const profile: Profile = {
  name: 'bench-transformed',
  services: ['patient'],
  mappings: (source, options) =>
    mirrorProfile.mappings(reshaped(source), options).map((mapping) => ({
      ...mapping,
      columns: mapping.columns.map((column) => ({
        ...column,
        value: (column.value.kind === 'column' && EXPRESSIONS[column.value.column]) || column.value,
      })),
    })),
};

export function schema(source: SourceCatalog, options: MirrorSchemaOptions): SchemaPlan {
  return mirrorSchema(reshaped(source), options);
}

function reshaped(source: SourceCatalog): SourceCatalog {
  const tables = source.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => ({ ...column, ...NEW_TYPES[column.name] })),
  }));
  return { ...source, tables };
}
