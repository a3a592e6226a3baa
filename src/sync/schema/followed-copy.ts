/**
 * The copy of a table that gh-ost fills and puts in the table's place. It is followed from its creation on, like any table, into a
 * table of the target; when it takes the place, the target's rows are made those of the copy, which they are but for
 * the added columns. So nothing is taken for granted of what the tool has done (invariant 6).
 */
import { TransfuseError } from '../../core/errors.ts';
import { countOpenRejects, forgetCopy, recordCopy } from '../../ledger/copies.ts';
import { replaceDefinition } from '../../ledger/definitions.ts';
import { makePlan, type Plan, type PlannedMapping } from '../../mapping/plan.ts';
import type { SourceTable } from '../../mysql/catalog-model.ts';
import { rowKeyColumns } from '../../mysql/row-key.ts';
import { qualified, quoteIdentifier } from '../../postgres/identifiers.ts';
import { PASS, stop, type ChangeTarget, type Passage } from './passage.ts';
import type { TakeOverOptions } from './take-over.ts';

/** Makes the copy, which has no rows yet, a table of the run; passes where that is not possible: then the swap stops sync. */
export async function followCopy(options: TakeOverOptions, of: SourceTable, name: string): Promise<Passage> {
  const { plan, runId, schemaOf } = options;
  const isReferenced = plan.source.tables.some(({ foreignKeys }) =>
    foreignKeys.some(({ referencedTable }) => referencedTable.toLowerCase() === of.name.toLowerCase()),
  );
  if (!schemaOf || isReferenced || of.foreignKeys.length > 0 || rowKeyColumns(of).length === 0) return PASS;
  const table: SourceTable = { ...of, name };
  const next = planWith(plan, [...plan.source.tables.filter((one) => one.name !== name), table]);
  const [mapping, ...others] = next.mappings.filter((one) => one.table.name === name);
  if (!mapping || others.length > 0) return PASS;
  const { target, id } = mapping.mapping;
  const objects = (await schemaOf(next)).objects.filter(
    (object) => object.schema === target.schema && object.table === target.table,
  );
  const key = objects.find(({ kind }) => kind === 'primary-key');
  const itself = objects.find(({ kind }) => kind === 'table');
  if (!itself || !key || objects.some(({ kind }) => kind === 'sequence')) return PASS;
  return {
    kind: 'change',
    work: async (connection) => {
      const { rows } = await connection.query<{ taken: boolean }>(
        'SELECT to_regclass($1) IS NOT NULL AS taken',
        [qualified(target.schema, target.table)],
      );
      if (rows[0]!.taken) return;
      await connection.query(itself.sql);
      await connection.query(key.sql);
      await recordCopy(connection, runId, {
        mapping: id,
        table,
        copyOf: of.name,
        targetSchema: target.schema,
        targetTable: target.table,
        fingerprint: mapping.fingerprint,
        keyColumns: rowKeyColumns(table),
      });
    },
  };
}

/** The copy is followed no longer: it is gone, or was altered in a way that cannot be followed. */
export function leaveCopy({ plan, runId }: TakeOverOptions, name: string): Passage {
  const copies = plan.mappings.filter(({ table }) => table.name === name);
  return {
    kind: 'change',
    work: async (connection) => {
      for (const copy of copies) await dropCopy(connection, runId, copy);
    },
  };
}

/** The copy takes the table's place: the target's table gets its columns and its rows. */
export async function swapCopy(
  options: TakeOverOptions,
  names: { table: string; copy: string },
): Promise<Passage> {
  const { plan, runId, schemaOf } = options;
  const old = plan.mappings.find(({ table }) => table.name === names.table);
  const copy = plan.mappings.find(({ table }) => table.name === names.copy);
  if (!old || !copy || !schemaOf) return stop('Another table has taken its name.', 'its rows may be others');
  const table: SourceTable = { ...copy.table, name: names.table };
  const isOther = ({ name }: SourceTable) => name !== names.table && name !== names.copy;
  const next = planWith(plan, [...plan.source.tables.filter(isOther), table]);
  const mapping = next.mappings.find((one) => one.mapping.id === old.mapping.id);
  const { target } = old.mapping;
  const object = (await schemaOf(next)).objects.find(
    (one) => one.kind === 'table' && one.schema === target.schema && one.name === target.table,
  );
  if (!mapping || object?.kind !== 'table')
    return stop('Another table has taken its name.', 'its rows may be others');
  const known = new Set(old.mapping.columns.map((column) => column.target.name));
  const added = object.columns.filter(({ name }) => !known.has(name));
  return {
    kind: 'change',
    work: async (connection) => {
      await refuseRejects(connection, runId, [old, copy]);
      const alter = `ALTER TABLE ${qualified(target.schema, target.table)}`;
      for (const { name, type } of added) {
        await connection.query(`${alter} ADD COLUMN ${quoteIdentifier(name)} ${type}`);
      }
      await takeRows(connection, mapping, copy);
      for (const { name, nullable, default: value } of added) {
        const column = `${alter} ALTER COLUMN ${quoteIdentifier(name)}`;
        if (!nullable) await connection.query(`${column} SET NOT NULL`);
        if (value !== null) await connection.query(`${column} SET DEFAULT ${value}`);
      }
      await replaceDefinition(connection, runId, old.mapping.id, { table, fingerprint: mapping.fingerprint });
      await dropCopy(connection, runId, copy);
    },
  };
}

function planWith(plan: Plan, tables: SourceTable[]): Plan {
  return makePlan(plan.profile, { ...plan.source, tables }, plan.options);
}

/** Only what differs is written. */
async function takeRows(connection: ChangeTarget, into: PlannedMapping, copy: PlannedMapping): Promise<void> {
  const [to, from] = [into, copy].map(({ mapping: { target } }) => qualified(target.schema, target.table));
  const columns = into.mapping.columns.map((column) => quoteIdentifier(column.target.name));
  const keys = new Set(rowKeyColumns(into.table));
  const isSame = into.mapping.columns
    .filter(({ value }) => value.kind === 'column' && keys.has(value.column))
    .map((column) => `t.${quoteIdentifier(column.target.name)} = c.${quoteIdentifier(column.target.name)}`)
    .join(' AND ');
  const of = (alias: string): string => columns.map((column) => `${alias}.${column}`).join(', ');
  await connection.query(
    `DELETE FROM ${to} AS t WHERE NOT EXISTS (SELECT FROM ${from} AS c WHERE ${isSame})`,
  );
  await connection.query(
    `UPDATE ${to} AS t SET ${columns.map((column) => `${column} = c.${column}`).join(', ')} FROM ${from} AS c
     WHERE ${isSame} AND ROW(${of('t')}) IS DISTINCT FROM ROW(${of('c')})`,
  );
  await connection.query(
    `INSERT INTO ${to} (${columns.join(', ')}) SELECT ${of('c')} FROM ${from} AS c WHERE NOT EXISTS (SELECT FROM ${to} AS t WHERE ${isSame})`,
  );
}

async function dropCopy(connection: ChangeTarget, runId: string, { mapping }: PlannedMapping): Promise<void> {
  await connection.query(`DROP TABLE ${qualified(mapping.target.schema, mapping.target.table)}`);
  await forgetCopy(connection, runId, mapping.id);
}

/** Of a rejected row the target has an older version, or none: it must not be taken for deleted. */
async function refuseRejects(
  connection: ChangeTarget,
  runId: string,
  of: readonly PlannedMapping[],
): Promise<void> {
  const ids = of.map(({ mapping }) => mapping.id);
  if ((await countOpenRejects(connection, runId, ids)) === 0) return;
  const { name } = of[0]!.table;
  throw new TransfuseError(
    'CDC_SCHEMA_CHANGED',
    `A copy has taken the place of ${name}, and rows of it are rejected. The sync has stopped before it.`,
    {
      where: { tables: name },
      fix: `Mend the rejected rows at the source and run bin/bulk --retry-rejects. Or bring the target to the form that the source has now (bin/schema shows what differs), then bin/bulk --tables ${name} --replace, then bin/sync again.`,
    },
  );
}
