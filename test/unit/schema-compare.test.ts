import { describe, expect, it } from 'vitest';
import type { TargetCatalog, TargetTable } from '../../src/postgres/catalog-model.ts';
import { mirrorSchema } from '../../src/profiles/mirror/ddl/mirror-schema.ts';
import { compareSchema } from '../../src/schema/compare-schema.ts';
import { differencesDocument, renderDifferences } from '../../src/cli/render-schema.ts';
import { normalizeSql } from '../../src/schema/normalize-sql.ts';
import { printSchema } from '../../src/schema/print-schema.ts';
import { SchemaDiffersError } from '../../src/schema/schema-differs-error.ts';
import {
  mirrorOptions,
  sourceCatalog,
  sourceColumn,
  sourceIndex,
  sourceTable,
} from '../support/source-catalog.ts';

const plan = mirrorSchema(
  sourceCatalog([
    sourceTable('visit', [sourceColumn('id', 'int(11)', { nullable: false }), sourceColumn('note', 'text')], {
      comment: 'visits',
      indexes: [sourceIndex('PRIMARY', ['id']), sourceIndex('note', [{ column: 'note', prefixLength: 5 }])],
    }),
  ]),
  mirrorOptions(),
);

const visit: TargetTable = {
  name: 'visit',
  comment: 'visits',
  rowEstimate: 0,
  hasRows: false,
  columns: [
    {
      name: 'note',
      type: 'text',
      nullable: true,
      default: null,
      identity: null,
      generated: null,
      comment: null,
    },
    {
      name: 'id',
      type: 'integer',
      nullable: false,
      default: null,
      identity: null,
      generated: null,
      comment: null,
    },
  ],
  constraints: [
    {
      name: 'visit_pkey',
      kind: 'primary-key',
      definition: 'PRIMARY KEY (id)',
      validated: true,
      comment: null,
    },
  ],
  indexes: [
    {
      name: 'visit_note_idx',
      definition: 'CREATE INDEX visit_note_idx ON public.visit USING btree ("left"(note, 5))',
      unique: false,
      valid: true,
      comment: null,
    },
  ],
  triggers: [],
};

function catalog(table: Partial<TargetTable> | null = {}): TargetCatalog {
  return {
    schema: 'public',
    schemaExists: true,
    database: 'd',
    versionNumber: 180000,
    encoding: 'UTF8',
    extensions: [],
    tables: table === null ? [] : [{ ...visit, ...table }],
    sequences: [],
    functions: [],
  };
}

function found(table: Partial<TargetTable> | null): string[] {
  return compareSchema(plan, catalog(table)).map(({ status, kind, name }) => `${status} ${kind} ${name}`);
}

describe('comparing a plan with a target', () => {
  it('finds nothing where everything is there, in whatever order', () => {
    expect(found({})).toEqual([]);
  });

  it('finds everything missing in an empty schema, and the schema itself where it is not', () => {
    expect(found(null)).toEqual([
      'missing table visit',
      'missing primary-key visit_pkey',
      'missing index visit_note_idx',
      'missing comment visit',
    ]);
    const [first] = compareSchema(plan, { ...catalog(null), schemaExists: false });
    expect(first).toMatchObject({ status: 'missing', kind: 'schema', table: null, name: 'public' });
  });

  it('finds columns that are missing, different or too many', () => {
    const [note, id] = visit.columns as [TargetTable['columns'][0], TargetTable['columns'][0]];
    expect(found({ columns: [note] })).toEqual(['differs column id']);
    expect(found({ columns: [note, { ...id, type: 'bigint' }] })).toEqual(['differs column id']);
    expect(found({ columns: [note, { ...id, nullable: true }] })).toEqual(['differs column id']);
    expect(found({ columns: [note, { ...id, default: '5' }] })).toEqual(['differs column id']);
    expect(found({ columns: [note, { ...id, identity: 'always' }] })).toEqual(['differs column id']);
    expect(found({ columns: [note, { ...id, generated: 'stored' }] })).toEqual(['differs column id']);
    expect(found({ columns: [note, id, { ...id, name: 'more' }] })).toEqual(['differs column more']);
  });

  it('finds indexes, constraints and comments that differ', () => {
    const [index] = visit.indexes as [TargetTable['indexes'][0]];
    const other = index.definition.replace('5', '6');
    expect(found({ indexes: [{ ...index, definition: other }] })).toEqual(['differs index visit_note_idx']);
    expect(found({ indexes: [{ ...index, valid: false }] })).toEqual(['differs index visit_note_idx']);
    const [key] = visit.constraints as [TargetTable['constraints'][0]];
    expect(found({ constraints: [{ ...key, definition: 'PRIMARY KEY (id, note)' }] })).toEqual([
      'differs primary-key visit_pkey',
    ]);
    expect(found({ comment: 'other' })).toEqual(['differs comment visit']);
  });

  it('leaves alone what it is told to', () => {
    const leaveAlone = [{ table: 'visit', name: 'visit_note_idx' }];
    expect(compareSchema(plan, catalog({ indexes: [] }), { leaveAlone })).toEqual([]);
  });

  it('says what is expected and what is there', () => {
    const columns = [
      visit.columns[0]!,
      { ...visit.columns[1]!, type: 'bigint', nullable: true, default: '5' },
    ];
    const differences = compareSchema(plan, catalog({ columns }));
    expect(differences).toMatchObject([
      { kind: 'column', name: 'id', expected: 'integer NOT NULL', found: 'bigint DEFAULT 5' },
    ]);
    expect(new SchemaDiffersError('d', differences).message).toBe(
      '1 object of the target differs from the plan; nothing was created or altered: column visit.id.',
    );
    expect(renderDifferences(differences))
      .toBe(`What differs, and the SQL that would mend it. None of it was run.

column visit.id
  planned  integer NOT NULL
  found    bigint DEFAULT 5
    ALTER TABLE "public"."visit" ALTER COLUMN "id" DROP DEFAULT, ALTER COLUMN "id" TYPE integer USING "id"::integer, ALTER COLUMN "id" SET NOT NULL; -- converts the values that are there

A table that was loaded already has to be loaded again where a column was added or its type changed:
bin/bulk --tables NAME --replace`);
  });

  it('[invariant 9] does not repeat what comments say', () => {
    const differences = compareSchema(plan, catalog({ comment: 'of Jane Doe' }));
    expect(differences).toMatchObject([
      { kind: 'comment', mend: ['COMMENT ON TABLE "public"."visit" IS NULL; -- bin/schema then sets it'] },
    ]);
    const said = renderDifferences(differences) + JSON.stringify(differencesDocument(differences));
    expect(said).not.toMatch(/Jane|visits/);
  });
});

describe('SQL in two spellings', () => {
  it.each([
    [
      "CHECK (\"a\" = ANY (ARRAY['x', 'y']))",
      "CHECK (((a)::text = ANY ((ARRAY['x'::character varying, 'y'::text])::text[])))",
    ],
    ['(- 5)', "'-5'::integer"],
    ["E'a\\\\b'", "'a\\b'::text"],
    ["E'it''s'", "'it''s'::text"],
    ["B'00000101'", '\'00000101\'::"bit"'],
    ['\'{"b":1,"a":[1]}\'::jsonb', '\'{"a": [1], "b": 1}\'::jsonb'],
    ['1.5e-3', '0.0015'],
    ['1e-10', "'0.0000000001'::numeric"],
    ['12.5e1', '125'],
    ['007', '7'],
    ['1e20', "'100000000000000000000'::numeric"],
    ['nextval(\'"s"."t_id_seq"\'::regclass)', "nextval('s.t_id_seq'::regclass)"],
    ['"a" NOT LIKE \'z%\'', "((a)::text !~~ 'z%'::text)"],
    ["'2020-01-01 00:00:00'::timestamp(3) without time zone", "'2020-01-01 00:00:00'"],
    ['x::"char"', 'x'],
  ])('%s is %s', (ours, theirs) => {
    expect(normalizeSql(ours)).toBe(normalizeSql(theirs));
  });

  it.each([
    ["a = 'x'", "a = 'y'"],
    ["a = 'X'", "a = 'x'"],
    ['a > 5', 'a >= 5'],
    ['a > -5', 'a > 5'],
    ['"A" > 5', 'a > 5'],
    ["a LIKE 'x'", "a NOT LIKE 'x'"],
    ['a AND b', 'a OR b'],
    ['(a, b)', '(b, a)'],
    ["'5 '", "'5'"],
  ])('%s is not %s', (a, b) => {
    expect(normalizeSql(a)).not.toBe(normalizeSql(b));
  });
});

describe('the printed schema', () => {
  it('is one script for psql, in order', () => {
    expect(printSchema(plan)).toBe(`\\set ON_ERROR_STOP on
SET client_encoding = 'UTF8';
CREATE SCHEMA IF NOT EXISTS "public";
CREATE TABLE "public"."visit" (
  "id" integer NOT NULL,
  "note" text
);
ALTER TABLE "public"."visit" ADD CONSTRAINT "visit_pkey" PRIMARY KEY ("id");
CREATE INDEX "visit_note_idx" ON "public"."visit" USING btree ("left"("note", 5));
COMMENT ON TABLE "public"."visit" IS 'visits';
`);
  });
});
