/** Newer versions give their rows an id for the FHIR interface, which is sixteen zero bytes until a job has made it. */
import { constant, from, type ColumnDeclaration } from '../../mapping/declare.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import type { Lookup } from './lookups.ts';
import type { Site } from './site.ts';

export function lookUpFhirUuid({ has }: Pick<Site, 'has'>, table: string): Lookup {
  if (!has(table, 'uuid')) return {};
  return { fields: { fhir_uuid: { sql: "NULLIF(t.uuid, UNHEX(REPEAT('00', 16)))", like: `${table}.uuid` } } };
}

/** The column `fhir_uuid`, behind `lookUpFhirUuid`. */
export function fhirUuid({ has }: Pick<Site, 'has'>, table: string): ColumnDeclaration {
  return ['uuid', has(table, 'uuid') ? from('fhir_uuid') : constant(null), 'identifier'];
}

/** An id that has a column of its own is not kept in `extra` besides. */
export function tellingUuidOnce(mapping: Mapping): Mapping {
  if (mapping.shape === 'row' || !Object.hasOwn(mapping.query.fields, 'fhir_uuid')) return mapping;
  const columns = mapping.columns.map((column) =>
    column.value.kind === 'extra' && column.value.columns === 'unmapped'
      ? { ...column, value: { ...column.value, except: [...(column.value.except ?? []), 'uuid'] } }
      : column,
  );
  return { ...mapping, columns };
}
