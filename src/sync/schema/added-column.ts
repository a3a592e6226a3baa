/** From the definition in an ALTER TABLE to the column that the source's catalog would have shown behind it. */
import type { ColumnDefinition } from '../../../cdc/column-definition.ts';
import type { SourceCatalog, SourceColumn, SourceTable } from '../../mysql/catalog-model.ts';

const INTEGERS = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);
const LENGTHS: Readonly<Record<string, number>> = {
  tinytext: 255,
  text: 65_535,
  mediumtext: 16_777_215,
  longtext: 4_294_967_295,
  tinyblob: 255,
  blob: 65_535,
  mediumblob: 16_777_215,
  longblob: 4_294_967_295,
};
const WITH_LENGTH = new Set(['char', 'varchar', 'binary', 'varbinary', 'bit']);
const WITH_CHARSET = new Set([
  'char',
  'varchar',
  'tinytext',
  'text',
  'mediumtext',
  'longtext',
  'enum',
  'set',
]);
const TIMED = new Set(['datetime', 'timestamp', 'time']);

/** null for a definition whose column cannot be told from it with certainty. */
export function columnOf(
  definition: ColumnDefinition,
  table: SourceTable,
  flavor: SourceCatalog['flavor'],
): SourceColumn | null {
  const { type, numbers, members } = definition;
  const isJsonText = type === 'json' && flavor === 'mariadb';
  const dataType = isJsonText ? 'longtext' : type;
  const isDecimal = dataType === 'decimal';
  const mayHaveNumbers =
    isDecimal ||
    INTEGERS.has(dataType) ||
    WITH_LENGTH.has(dataType) ||
    TIMED.has(dataType) ||
    dataType === 'year';
  if (numbers.length > (isDecimal ? 2 : mayHaveNumbers ? 1 : 0)) return null;
  // How long a key of the source would be, or what it counts, is not in the statement.
  if (definition.autoIncrement || definition.generated) return null;
  if (['varchar', 'varbinary'].includes(dataType) && numbers.length === 0) return null;
  if ((dataType === 'enum' || dataType === 'set') && !members?.length) return null;
  const charset = WITH_CHARSET.has(dataType) ? charsetOf(definition, table, isJsonText) : null;
  if (WITH_CHARSET.has(dataType) && (charset === null || charset.name === 'binary')) return null;
  const value = definition.default;
  return {
    name: definition.name,
    dataType,
    columnType: columnTypeOf(definition, dataType, flavor),
    unsigned: definition.unsigned,
    length: WITH_LENGTH.has(dataType) ? (numbers[0] ?? 1) : (LENGTHS[dataType] ?? null),
    precision: isDecimal ? (numbers[0] ?? 10) : null,
    scale: isDecimal ? (numbers[1] ?? 0) : null,
    fractionalDigits: TIMED.has(dataType) ? (numbers[0] ?? 0) : 0,
    charset: charset?.name ?? null,
    collation: charset?.collation ?? null,
    nullable: definition.nullable ?? true,
    default: value === null ? null : defaultOf(value, dataType),
    onUpdateCurrentTimestamp: definition.onUpdateNow,
    autoIncrement: false,
    generated: null,
    members,
    srid: null,
    json: type === 'json',
    invisible: definition.invisible,
    comment: definition.comment,
  };
}

/** The table with the column in its place; null where that place is not there. */
export function withColumn(
  table: SourceTable,
  column: SourceColumn,
  place: ColumnDefinition['place'],
): SourceTable | null {
  const columns = [...table.columns];
  if (place === 'last') columns.push(column);
  else if (place === 'first') columns.unshift(column);
  else {
    const at = columns.findIndex(({ name }) => name.toLowerCase() === place.after.toLowerCase());
    if (at < 0) return null;
    columns.splice(at + 1, 0, column);
  }
  return { ...table, columns };
}

function charsetOf(
  { charset, collation }: ColumnDefinition,
  table: SourceTable,
  isJsonText: boolean,
): { name: string; collation: string | null } | null {
  if (isJsonText) return charset || collation ? null : { name: 'utf8mb4', collation: 'utf8mb4_bin' };
  if (collation !== null) return { name: charsetOfCollation(collation), collation: collation.toLowerCase() };
  if (charset !== null) return { name: named(charset), collation: null };
  return table.collation === null
    ? null
    : { name: charsetOfCollation(table.collation), collation: table.collation };
}

function charsetOfCollation(collation: string): string {
  return named(collation.split('_')[0]!);
}

function named(charset: string): string {
  const name = charset.toLowerCase();
  return name === 'utf8' ? 'utf8mb3' : name;
}

/** As the catalog writes it: what the fingerprint of a load has to be equal to when the table is read again. */
function columnTypeOf(
  { numbers, members, unsigned }: ColumnDefinition,
  dataType: string,
  flavor: SourceCatalog['flavor'],
): string {
  const quoted = members?.map((member) => `'${member.replaceAll("'", "''")}'`);
  const inBrackets = quoted ?? numbersShown(dataType, numbers, unsigned, flavor);
  return `${dataType}${inBrackets.length > 0 ? `(${inBrackets.join(',')})` : ''}${unsigned ? ' unsigned' : ''}`;
}

/** What MariaDB shows of an integer without a width: its digits, and a sign. */
const WIDTHS: Readonly<Record<string, number>> = {
  tinyint: 4,
  smallint: 6,
  mediumint: 9,
  int: 11,
  bigint: 20,
};

function numbersShown(
  dataType: string,
  numbers: readonly number[],
  unsigned: boolean,
  flavor: SourceCatalog['flavor'],
): readonly number[] {
  if (dataType === 'decimal') return [numbers[0] ?? 10, numbers[1] ?? 0];
  if (['char', 'binary', 'bit'].includes(dataType)) return [numbers[0] ?? 1];
  if (TIMED.has(dataType)) return numbers[0] === 0 ? [] : numbers;
  if (dataType === 'year') return flavor === 'mariadb' ? [4] : [];
  const width = WIDTHS[dataType];
  if (width === undefined) return numbers;
  if (flavor === 'mariadb') return [numbers[0] ?? (unsigned && dataType !== 'bigint' ? width - 1 : width)];
  // MySQL has given up widths, but for the one that stands for a boolean.
  return dataType === 'tinyint' && numbers[0] === 1 && !unsigned ? [1] : [];
}

function defaultOf(
  value: NonNullable<ColumnDefinition['default']>,
  dataType: string,
): SourceColumn['default'] {
  switch (value.kind) {
    case 'null':
      return null;
    case 'text':
    case 'number':
      return {
        kind: 'literal',
        value: /binary|blob/.test(dataType) ? `0x${Buffer.from(value.text).toString('hex')}` : value.text,
      };
    case 'bits':
      return { kind: 'literal', value: value.digits };
    case 'hex':
      return { kind: 'literal', value: `0x${value.digits}` };
    case 'expression':
      return { kind: 'expression', sql: '' };
  }
}
