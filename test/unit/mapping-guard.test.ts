import { describe, expect, it } from 'vitest';
import { refuse } from '../../src/core/reject-reasons.ts';
import { encodeCarefully } from '../../src/mapping/careful-encoder.ts';
import { compileMapping } from '../../src/mapping/compile.ts';
import { apply, columns } from '../../src/mapping/declare.ts';
import type { RowMapping, Transform } from '../../src/mapping/mapping.ts';
import { sourceTable } from '../support/source-catalog.ts';
import { sourceColumn } from '../support/source-column.ts';
import { rowPayload } from '../support/text-protocol.ts';

const POLICIES = { zeroDate: 'null', nul: 'reject', tinyint1: 'smallint' } as const;
const SECRET = 'Zqx-Canary';
const table = sourceTable('people', [sourceColumn('varchar', { name: 'name', length: 50 })]);

/** What either way makes of a row whose value is the secret. */
function outcomes(transform: Transform, accepts?: () => boolean): unknown[] {
  const mapping: RowMapping = {
    shape: 'row',
    id: 'people',
    service: 'patient',
    source: { table: 'people' },
    target: { schema: 'public', table: 'people' },
    ...(accepts && { where: { inputs: ['name'], description: 'some', accepts } }),
    columns: columns({ name: ['text', apply(transform, 'name')] }),
  };
  const compiled = compileMapping(mapping, table, POLICIES);
  const payload = rowPayload([Buffer.from(SECRET)]);
  const attempt = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      return error;
    }
  };
  return [
    attempt(() => compiled.encode(payload, 0, payload.length, Buffer.alloc(9000), 0)),
    attempt(() => encodeCarefully(compiled, [Buffer.from(SECRET)])),
  ];
}

const faulty = (body: (text: string | null) => unknown): Transform => ({
  name: 'mine',
  apply: body as Transform['apply'],
});

describe('a function of a profile that fails', () => {
  it.each<[string, Transform, RegExp]>([
    [
      'throws',
      faulty((text) => {
        throw new TypeError(`bad value ${text}\nat ${text}:1:1`);
      }),
      /^The transform mine of people\.name threw TypeError at .*mapping-guard\.test\.ts:\d+:\d+\./,
    ],
    ['gives a number', faulty(() => 42), /gave a number: it has to give a text, or null/],
    ['gives nothing', faulty(() => undefined), /gave nothing/],
  ])('is named where it %s, with its place, and without the value [invariant 9]', (_, transform, message) => {
    for (const error of outcomes(transform)) {
      expect(error).toMatchObject({ code: 'PROFILE_FAULT', where: { mapping: 'people' }, transient: false });
      expect((error as Error).message).toMatch(message);
      expect((error as Error).message).not.toContain(SECRET);
    }
  });

  it('is named where it is a filter', () => {
    const errors = outcomes({ name: 'same', apply: (text) => text }, () => {
      throw new Error(SECRET);
    });
    for (const error of errors)
      expect((error as Error).message).toMatch(/^The filter of people threw Error at /);
  });

  it('is none where it refuses the value', () => {
    const [fast, careful] = outcomes(faulty(() => refuse('malformed')));
    expect(fast).toMatchObject({ reason: 'malformed' });
    expect(careful).toEqual({ column: 'name', reason: 'malformed' });
  });
});
