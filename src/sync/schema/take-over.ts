/**
 * A column that the source has added, taken over into the target: with the type that the profile gives it, and for the rows that are
 * there the value that the source gave them, encoded by the mapping itself (invariants 1, 11). Everything is told from the statement and
 * what the ledger knew before it; the source's catalog of today is not asked, since it may be another.
 */
import { isDeepStrictEqual } from 'node:util';
import type { AddedColumn } from '../../../cdc/alter-table.ts';
import { TransfuseError } from '../../core/errors.ts';
import { ValueRefused } from '../../core/reject-reasons.ts';
import { replaceDefinition } from '../../ledger/definitions.ts';
import { makePlan, type Plan, type PlannedMapping } from '../../mapping/plan.ts';
import type { SourceTable } from '../../mysql/catalog-model.ts';
import { qualified, quoteIdentifier } from '../../postgres/identifiers.ts';
import type { PlannedColumn, SchemaPlan } from '../../postgres/schema-plan.ts';
import { columnOf, withColumn } from './added-column.ts';
import { fillValue } from './fill-value.ts';
import { stop, type ChangeTarget, type Passage } from './passage.ts';

export interface TakeOverOptions {
  runId: string;
  plan: Plan;
  /** The target schema of a plan's source; null where the profile brings none. */
  schemaOf: ((plan: Plan) => Promise<SchemaPlan>) | null;
}

/** A target column to be added. */
interface NewColumn {
  schema: string;
  table: string;
  planned: PlannedColumn;
  /** As a field of binary COPY, without its length; null for NULL. */
  fill: Buffer | null;
}

class NotTakenOver extends Error {}

/** `change`, or `stop` with the reason. */
export async function takeOverColumns(
  options: TakeOverOptions,
  table: SourceTable,
  added: readonly AddedColumn[],
): Promise<Passage> {
  try {
    return await new TakeOver(options, table).passage(added);
  } catch (error) {
    const why = error instanceof NotTakenOver || error instanceof TransfuseError ? error.message : null;
    if (why === null) throw error;
    return stop(why, 'the rows that follow have columns that the plan does not know');
  }
}

class TakeOver {
  readonly #options: TakeOverOptions;
  #table: SourceTable;
  readonly #fills = new Map<string, Buffer | null>();

  constructor(options: TakeOverOptions, table: SourceTable) {
    this.#options = options;
    this.#table = table;
  }

  async passage(added: readonly AddedColumn[]): Promise<Passage> {
    const { runId, plan } = this.#options;
    for (const column of added) this.#add(column);
    const source = {
      ...plan.source,
      tables: plan.source.tables.map((one) => (one.name === this.#table.name ? this.#table : one)),
    };
    const next = makePlan(plan.profile, source, plan.options);
    const before = plan.mappings.filter(({ table }) => table.name === this.#table.name);
    const columns: NewColumn[] = [];
    const after = before.map((old) => {
      const mapping = next.mappings.find((one) => one.mapping.id === old.mapping.id);
      if (!mapping)
        throw new NotTakenOver(`With it the profile gives another mapping than ${old.mapping.id}`);
      return { old, mapping };
    });
    const isTargetAltered = after.some(
      ({ old, mapping }) => mapping.mapping.columns.length > old.mapping.columns.length,
    );
    const schema = isTargetAltered ? await this.#schema(next) : null;
    for (const { old, mapping } of after) columns.push(...this.#newColumns(old, mapping, schema));
    return {
      kind: 'change',
      work: async (target) => {
        for (const column of columns) await addColumn(target, column);
        for (const { mapping } of after) {
          const { table, fingerprint } = mapping;
          await replaceDefinition(target, runId, mapping.mapping.id, { table, fingerprint });
        }
      },
    };
  }

  #add({ name, definition, ifNotExists }: AddedColumn): void {
    const isThere = this.#table.columns.some((one) => one.name.toLowerCase() === name.toLowerCase());
    if (isThere && ifNotExists) return;
    if (isThere)
      throw new NotTakenOver(`The column ${name} that it adds was there already when the table was loaded`);
    if (definition?.generated)
      throw new NotTakenOver(`The column ${name} that it adds is calculated by the source`);
    const column = definition && columnOf(definition, this.#table, this.#options.plan.source.flavor);
    if (!definition || !column)
      throw new NotTakenOver(
        `The definition of the column ${name} that it adds cannot be told from it with certainty`,
      );
    const fill = fillValue(definition, column);
    if (fill === undefined) {
      throw new NotTakenOver(
        `Which value the rows that were there have got in the column ${name} cannot be told from it with certainty`,
      );
    }
    // The catalog shows a default as the value that it comes to; bytes it shows in forms of their own.
    const isBytes = /^(?:bit|.*binary|.*blob)$/.test(column.dataType);
    if (column.default && fill && !isBytes) column.default = { kind: 'literal', value: fill.toString() };
    const table = withColumn(this.#table, column, definition.place);
    if (!table) throw new NotTakenOver(`The column ${name} is put behind one that is not known`);
    this.#table = table;
    this.#fills.set(column.name, fill);
  }

  async #schema(next: Plan): Promise<SchemaPlan> {
    const { schemaOf, plan } = this.#options;
    if (!schemaOf)
      throw new NotTakenOver(
        `The profile ${plan.profile.name} brings no schema to take the new column's from`,
      );
    return schemaOf(next);
  }

  #newColumns(
    old: PlannedMapping,
    { mapping, compiled }: PlannedMapping,
    schema: SchemaPlan | null,
  ): NewColumn[] {
    const known = new Map(old.mapping.columns.map((column) => [column.target.name, column]));
    const places = mapping.columns.flatMap((column, place) => {
      const before = known.get(column.target.name);
      known.delete(column.target.name);
      if (before === undefined) return [place];
      if (
        !isDeepStrictEqual(before.target, column.target) ||
        describe(before.value) !== describe(column.value)
      ) {
        throw new NotTakenOver(`With it the profile fills the column ${column.target.name} in another way`);
      }
      return [];
    });
    if (known.size > 0 || !isDeepStrictEqual(old.mapping.target, mapping.target)) {
      throw new NotTakenOver(`With it the profile gives another mapping than ${mapping.id}`);
    }
    const object = schema?.objects.find(
      (one) =>
        one.kind === 'table' && one.schema === mapping.target.schema && one.name === mapping.target.table,
    );
    return places.map((place) => {
      const { target, value } = mapping.columns[place]!;
      const planned =
        object?.kind === 'table' ? object.columns.find(({ name }) => name === target.name) : undefined;
      if (value.kind !== 'column' || !this.#fills.has(value.column) || !planned || planned.identity) {
        throw new NotTakenOver(`How the column ${target.name} is to be made in the target is not known`);
      }
      const values = compiled.sourceColumns.map(({ name }) => this.#fills.get(name) ?? null);
      const fill = encode(compiled.outputs[place]!, values);
      if (fill === null && !planned.nullable)
        throw new NotTakenOver(
          `The target cannot hold the value that rows have got in the column ${target.name}`,
        );
      return { ...mapping.target, planned, fill };
    });
  }
}

function describe(value: PlannedMapping['mapping']['columns'][number]['value']): string {
  return JSON.stringify(value.kind === 'transform' ? [value.transform.name, value.inputs] : value);
}

const MAX_FILL_BYTES = 1 << 20;

function encode(
  output: PlannedMapping['compiled']['outputs'][number],
  values: (Buffer | null)[],
): Buffer | null {
  const field = Buffer.alloc(MAX_FILL_BYTES);
  try {
    const end = output.write(values, field, 0);
    return field.readInt32BE(0) < 0 ? null : field.subarray(4, end);
  } catch (error) {
    if (error instanceof ValueRefused)
      throw new NotTakenOver(
        `The target cannot hold the value that rows have got in the column ${output.target}`,
      );
    throw error;
  }
}

/** The rows that are there get the value as a default of that moment, which rewrites none of them. */
async function addColumn(target: ChangeTarget, { schema, table, planned, fill }: NewColumn): Promise<void> {
  const alter = `ALTER TABLE ${qualified(schema, table)}`;
  const name = quoteIdentifier(planned.name);
  const literal = fill && (await literalOf(target, planned.type, fill));
  const byDefault = literal === null ? '' : ` DEFAULT ${literal}`;
  await target.query(
    `${alter} ADD COLUMN ${name} ${planned.type}${byDefault}${planned.nullable ? '' : ' NOT NULL'}`,
  );
  const lasting = planned.default === null ? 'DROP DEFAULT' : `SET DEFAULT ${planned.default}`;
  await target.query(`${alter} ALTER COLUMN ${name} ${lasting}`);
}

/** DDL takes no parameters: PostgreSQL itself writes the value as a literal. */
async function literalOf(target: ChangeTarget, type: string, value: Buffer): Promise<string> {
  const { rows } = await target.query<{ literal: string }>(
    `SELECT format('%L::%s', $1::${type}, $2::text) AS literal`,
    [value, type],
  );
  return rows[0]!.literal;
}
