import { describe, expect, it } from 'vitest';
import type { Profile, RowMapping } from '../../src/mapping/mapping.ts';
import { columns, from } from '../../src/mapping/declare.ts';
import { makePlan, planOf } from '../../src/mapping/plan.ts';
import { mirrorOptions, sourceCatalog, sourceTable } from '../support/source-catalog.ts';
import { sourceColumn } from '../support/source-column.ts';

const mapping = (id: string, service: RowMapping['service'], table = id): RowMapping => ({
  shape: 'row',
  id,
  service,
  source: { table: 'people' },
  target: { schema: 'public', table },
  columns: columns({ no: ['integer!', from('no')] }),
});
const source = sourceCatalog([sourceTable('people', [sourceColumn('int', { name: 'no' })])]);
const plan = (services: Profile['services'], ...mappings: RowMapping[]) =>
  makePlan({ name: 'acme', services, mappings: () => mappings }, source, mirrorOptions());

describe('a plan', () => {
  it('is divided by the services of its mappings', () => {
    const whole = plan(['doctor', 'patient'], mapping('a', 'patient'), mapping('b', 'doctor'));
    expect(planOf(whole, ['doctor']).mappings.map((one) => one.mapping.id)).toEqual(['b']);
  });

  it('takes no mapping of a service that its profile does not list', () => {
    expect(() => plan(['patient'], mapping('b', 'doctor'))).toThrow(/its mapping b is of the service doctor/);
  });

  it('takes no two mappings that fill the same table: one of them would empty the rows of the other', () => {
    expect(() => plan(['patient'], mapping('a', 'patient', 't'), mapping('b', 'patient', 't'))).toThrow(
      /its mappings a and b fill the same table public.t/,
    );
    expect(
      plan(['patient', 'doctor'], mapping('a', 'patient', 't'), mapping('b', 'doctor', 't')),
    ).toBeTruthy();
  });
});
