/** A source that has a bit of everything a schema can have, in the forms in which both catalogs print it. */
import type { SourceCatalog, SourceColumn } from '../../src/mysql/catalog-model.ts';
import {
  sourceCatalog,
  sourceColumn as column,
  sourceForeignKey,
  sourceIndex,
  sourceTable,
} from './source-catalog.ts';

const id = (overrides: Partial<SourceColumn> = {}): SourceColumn =>
  column('id', 'int(10)', { nullable: false, autoIncrement: true, ...overrides });
const primary = sourceIndex('PRIMARY', ['id']);
const literal = (value: string) => ({ default: { kind: 'literal', value } as const });
const expression = (sql: string) => ({ default: { kind: 'expression', sql } as const });
const LONG_NAME = 'a_table_whose_name_has_exactly_sixty_four_characters_and_not_one';

export const nastySource: SourceCatalog = sourceCatalog(
  [
    sourceTable(
      'Patient',
      [
        id({ comment: 'the patient\'s "number"' }),
        column('select', 'varchar(20)', {
          collation: 'utf8mb4_general_ci',
          nullable: false,
          ...literal("O'Neil\\n"),
        }),
        column('Quo"te', 'varchar(768)', { collation: 'utf8mb4_0900_ai_ci', ...literal('') }),
        column('xmin', 'int(11)', literal('-5')),
        column('born', 'date', { nullable: false, ...literal('0000-00-00') }),
        column('seen', 'datetime(3)', {
          ...expression('current_timestamp(3)'),
          onUpdateCurrentTimestamp: true,
        }),
        column('changed', 'timestamp', {
          nullable: false,
          ...expression('CURRENT_TIMESTAMP'),
          onUpdateCurrentTimestamp: true,
        }),
        column('since', 'datetime', literal('2001-02-03 04:05:06')),
        column('until', 'timestamp(2)', literal('2037-01-01 00:00:00.50')),
        column('first_day', 'date', literal('1999-12-31')),
        column('at', 'time', literal('-09:30:00')),
        column('sex', "enum('m','f','it''s')", literal("it's")),
        column('flags', "set('a','b','c')", literal('a,c')),
        column('bits', 'bit(8)', literal('101')),
        column('flag', 'tinyint(1)', literal('1')),
        column('price', 'decimal(10,2)', literal('004.50')),
        column('ratio', 'float', literal('1.5')),
        column('huge', 'double', literal('1e20')),
        column('count', 'bigint(20) unsigned', literal('18446744073709551615')),
        column('raw', 'binary(4)', literal('ab')),
        column('hex', 'varbinary(8)', literal('0xdeadbeef')),
        column('doc', 'longtext', { json: true, ...literal('{"b":1,"a":[1, 2]}') }),
        column('doc2', 'json', expression('json_array()')),
        column('token', 'uuid', expression('uuid()')),
        column('token_text', 'varchar(36)', expression('uuid()')),
        column('address', 'inet6', literal('::1')),
        column('notes', 'mediumtext', { comment: 'back\\slash and ünï' }),
        column('blobs', 'longblob'),
        column('place', 'point'),
        column('embedding', 'vector(3)'),
        column('y', 'year', literal('2020')),
        column('full', 'varchar(50)', { generated: { expression: "concat(`a`,'b')", stored: false } }),
        column('calculated', 'int(11)', expression('(rand() * 5)')),
        column('parent', 'int(10)'),
      ],
      {
        comment: 'It\'s a table with \\ and "quotes"; DROP TABLE x; --',
        indexes: [
          primary,
          sourceIndex('name', ['select', 'Quo"te'], { unique: true }),
          sourceIndex('prefix_unique', [{ column: 'notes', prefixLength: 10 }], { unique: true }),
          sourceIndex('prefix', [{ column: 'blobs', prefixLength: 5 }, 'born'], { comment: "an 'index'" }),
          sourceIndex('down', [{ column: 'born', descending: true }, 'id']),
          sourceIndex('words', ['select', 'notes'], { kind: 'fulltext' }),
          sourceIndex('where', ['place'], { kind: 'spatial' }),
          sourceIndex('functional', [{ expression: 'lower(`select`)' }, 'id']),
          sourceIndex('hopeless', [{ expression: 'soundex(`select`)' }]),
        ],
        foreignKeys: [
          sourceForeignKey('fk self', ['parent'], 'Patient', ['id'], {
            onDelete: 'SET NULL',
            onUpdate: 'CASCADE',
          }),
          sourceForeignKey('fk_away', ['parent'], 'elsewhere', ['id'], { referencedDatabase: 'other' }),
          sourceForeignKey('fk_no_key', ['parent'], 'Patient', ['xmin']),
        ],
        checks: [
          { name: 'doc', expression: 'json_valid(`doc`)', enforced: true },
          { name: 'positive', expression: '`price` >= 0 and `xmin` between -10 and 99', enforced: true },
          {
            name: 'mysql_style',
            expression: "(`select` in (_utf8mb4'O\\'Neil',_utf8mb4'x'))",
            enforced: true,
          },
          { name: 'not_like', expression: "`select` not like 'z%' or `sex` is not null", enforced: true },
          {
            name: 'sane_dates',
            expression: "`since` > '1900-01-01' and `first_day` < '2100-01-01 10:00:00'",
            enforced: true,
          },
          { name: 'arithmetic', expression: '`xmin` + `price` * 2 <> -7 or not `flag`', enforced: true },
          {
            name: 'lengths',
            expression: 'char_length(trim(`select`)) > 0 && year(`since`) <=> 2001',
            enforced: true,
          },
          { name: 'ghost', expression: "regexp_like(`select`,'x')", enforced: true },
          { name: 'asleep', expression: '`price` > 1', enforced: false },
        ],
      },
    ),
    sourceTable(
      LONG_NAME,
      [
        column('id', 'bigint(20) unsigned', { nullable: false, autoIncrement: true }),
        column(`${LONG_NAME.slice(0, 63)}x`, 'int(11)'),
      ],
      { indexes: [primary, sourceIndex(LONG_NAME, [`${LONG_NAME.slice(0, 63)}x`])] },
    ),
    sourceTable('order', [column('group', 'int(11)'), column('id', 'int(10)')], {
      indexes: [sourceIndex('table', ['group'])],
      foreignKeys: [sourceForeignKey('fk', ['id'], 'patient', ['id'], { onDelete: 'RESTRICT' })],
      partitioned: true,
    }),
    sourceTable('daily', [column('day', 'date', { nullable: false }), column('n', 'tinyint(3) unsigned')], {
      indexes: [sourceIndex('PRIMARY', ['day'])],
    }),
    sourceTable('blob_key', [column('k', 'blob', { nullable: false })], {
      indexes: [sourceIndex('PRIMARY', [{ column: 'k', prefixLength: 20 }])],
    }),
  ],
  { others: { views: ['v'], routines: ['r'], triggers: ['t'], events: ['e'], sequences: ['s'] } },
);
