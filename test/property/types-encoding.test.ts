import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ValuePolicies } from '../../src/mapping/types/codec.ts';
import { codecFor, valueWriter } from '../../src/mapping/types/index.ts';
import { createTargetDatabase, type TestDatabase } from '../support/databases.ts';
import { encodeHex, encodeInto, toHex } from '../support/encoded.ts';
import { sourceColumn } from '../support/source-column.ts';
import {
  decimals,
  doubles,
  dateTimes,
  dates,
  floats,
  integers,
  texts,
  times,
} from '../support/value-arbitraries.ts';

const SAMPLES = 3000;
const POLICIES: ValuePolicies = { zeroDate: 'reject', nul: 'reject', tinyint1: 'smallint' };

interface Property {
  source: ReturnType<typeof sourceColumn>;
  target: string;
  send: string;
  values: fc.Arbitrary<string>;
}

const PROPERTIES: Property[] = [
  { source: sourceColumn('smallint'), target: 'smallint', send: 'int2send', values: integers(16) },
  { source: sourceColumn('int'), target: 'integer', send: 'int4send', values: integers(32) },
  { source: sourceColumn('bigint'), target: 'bigint', send: 'int8send', values: integers(64) },
  { source: sourceColumn('decimal'), target: 'numeric', send: 'numeric_send', values: decimals(40, 30) },
  {
    source: sourceColumn('decimal'),
    target: 'numeric(30,10)',
    send: 'numeric_send',
    values: decimals(20, 10),
  },
  { source: sourceColumn('bigint'), target: 'numeric(24,4)', send: 'numeric_send', values: integers(64) },
  { source: sourceColumn('double'), target: 'numeric', send: 'numeric_send', values: doubles },
  { source: sourceColumn('double'), target: 'double precision', send: 'float8send', values: doubles },
  {
    source: sourceColumn('double'),
    target: 'double precision',
    send: 'float8send',
    values: decimals(20, 20),
  },
  {
    source: sourceColumn('float'),
    target: 'real',
    send: 'float4send',
    values: floats,
  },
  { source: sourceColumn('date'), target: 'date', send: 'date_send', values: dates },
  {
    source: sourceColumn('datetime', { fractionalDigits: 6 }),
    target: 'timestamp without time zone',
    send: 'timestamp_send',
    values: dateTimes,
  },
  {
    source: sourceColumn('timestamp', { fractionalDigits: 6 }),
    target: 'timestamp with time zone',
    send: 'timestamptz_send',
    values: dateTimes,
  },
  {
    source: sourceColumn('time', { fractionalDigits: 6 }),
    target: 'interval',
    send: 'interval_send',
    values: times,
  },
  { source: sourceColumn('varchar'), target: 'text', send: 'textsend', values: texts },
  { source: sourceColumn('uuid'), target: 'uuid', send: 'uuid_send', values: fc.uuid() },
  { source: sourceColumn('inet4'), target: 'inet', send: 'inet_send', values: fc.ipV4() },
  { source: sourceColumn('inet6'), target: 'inet', send: 'inet_send', values: fc.ipV6() },
];

let database: TestDatabase;
beforeAll(async () => {
  database = await createTargetDatabase();
  await database.query(`set timezone = 'UTC'`);
});
afterAll(() => database.drop());

describe('PostgreSQL sends the very bytes that the codec writes', () => {
  test.each(PROPERTIES)('$source.dataType to $target', async ({ source, target, send, values }) => {
    const codec = codecFor(source, target, POLICIES);
    const samples = fc.sample(values, SAMPLES);
    await expectSent(target, send, samples, (value) => encodeHex(codec, value));
  });

  test('a transformed value, given as text', async () => {
    for (const { target, send, values } of PROPERTIES) {
      const writer = valueWriter(target);
      const samples = fc.sample(values, 500);
      await expectSent(target, send, samples, (value) =>
        toHex(encodeInto(writer.maxBytes(value.length), (dst, at) => writer.write(value, dst, at))),
      );
    }
  });

  test('bit strings, bytes, arrays and times with a zone, given as text', async () => {
    const bits = fc.array(fc.constantFrom('0', '1'), { maxLength: 70 }).map((digits) => digits.join(''));
    const bytea = fc
      .uint8Array({ maxLength: 200 })
      .map((bytes) => `\\x${Buffer.from(bytes).toString('hex')}`);
    const zone = fc.constantFrom('', 'Z', '+00', '-03:30', '+05:45', '+14');
    const cases: [string, string, fc.Arbitrary<string>][] = [
      ['bit varying', 'varbit_send', bits],
      ['bytea', 'byteasend', bytea],
      ['text[]', 'array_send', arrayLiterals(texts.map(quoted), fc.constantFrom('a', ' a b ', 'a\\,b'))],
      ['real[]', 'array_send', arrayLiterals(floats)],
      [
        'timestamp with time zone',
        'timestamptz_send',
        fc.tuple(dateTimes, zone).map((parts) => parts.join('')),
      ],
      ['boolean', 'boolsend', fc.constantFrom('t', 'f', 'true', 'false', '1', '0', 'yes', 'no', 'on', 'off')],
    ];
    for (const [target, send, values] of cases) {
      const writer = valueWriter(target);
      await expectSent(target, send, fc.sample(values, 1000), (value) =>
        toHex(encodeInto(writer.maxBytes(value.length), (dst, at) => writer.write(value, dst, at))),
      );
    }
  });
});

describe('what validation passes, and only that, PostgreSQL takes', () => {
  test('JSON with every kind of escape', async () => {
    const codec = codecFor(sourceColumn('longtext', { json: true }), 'jsonb', POLICIES);
    const escape = fc.constantFrom(
      '\\u0000',
      '\\ud83d',
      '\\ude00',
      '\\u0041',
      '\\\\',
      '\\n',
      'u0000',
      'x',
      '\t',
      '\\x',
    );
    const documents = fc.array(escape, { maxLength: 6 }).map((parts) => `["${parts.join('')}"]`);
    const values = fc.oneof(
      documents,
      fc.constantFrom('1.', '01', '-', '', '[1,]', '{"a":1,}', 'NaN', '1e5', '"', ' [] '),
    );
    await expectValid('jsonb', fc.sample(values, SAMPLES), (value) => passes(codec, Buffer.from(value)));
  });

  async function expectValid(
    type: string,
    samples: string[],
    accepts: (value: string) => boolean,
  ): Promise<void> {
    const rows = await database.query<{ value: string; valid: boolean }>(
      `select value, pg_input_is_valid(value, $2) as valid from unnest($1::text[]) value`,
      [samples, type],
    );
    expect(rows.filter(({ value, valid }) => accepts(value) !== valid)).toEqual([]);
  }
});

function passes(codec: ReturnType<typeof codecFor>, value: Buffer): boolean {
  try {
    codec.validate?.(value, 0, value.length);
    return true;
  } catch {
    return false;
  }
}

async function expectSent(
  type: string,
  send: string,
  samples: string[],
  encodeToHex: (value: string) => string,
): Promise<void> {
  const encoded = samples.map(encodeToHex);
  const wrong = await database.query(
    `select value, encoded, sent from unnest($1::text[], $2::text[]) as sample(value, encoded),
       lateral (select encode(${send}(value::${type}), 'hex')) as answer(sent) where sent <> encoded limit 5`,
    [samples, encoded],
  );
  expect(wrong).toEqual([]);
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function arrayLiterals(...elements: fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc
    .array(fc.oneof(...elements, fc.constantFrom('NULL', 'null', ' 1 ')), { maxLength: 5 })
    .map((parts) => `{${parts.join()}}`);
}
