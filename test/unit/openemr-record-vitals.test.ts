import { beforeEach, describe, expect, it } from 'vitest';
import { beginRow, keptValues, raisedFlags } from '../../src/mapping/row-notes.ts';
import { MEASURES, typeOf } from '../../src/profiles/openemr/medical-records/vital-measures.ts';
import { measured } from '../../src/profiles/openemr/medical-records/vital-values.ts';

beforeEach(beginRow);

const measure = (target: string) => measured(MEASURES.find((one) => one.target === target)!);

describe('a measurement', () => {
  it('has the decimals of its column', () => {
    expect(measure('pulse_bpm').apply('72.000000')).toBe('72.00');
    expect(measure('bp_diastolic').apply(' 60 ')).toBe('60.00');
    expect(measure('weight_kg').apply('200.5')).toBe('90.9453');
    expect(raisedFlags()).toEqual([]);
    expect([...keptValues()]).toEqual([]);
  });

  it('was not taken where it is 0, blank or NULL', () => {
    for (const raw of ['0', '0.00', '-0', '', ' ', null]) expect(measure('bmi').apply(raw)).toBeNull();
    expect(raisedFlags()).toEqual([]);
  });

  it('keeps the digits that are lost, but not those that a FLOAT makes up', () => {
    expect(measure('bmi').apply('28.7123')).toBe('28.712');
    expect([...keptValues()]).toEqual([['BMI', '28.7123']]);
    beginRow();
    expect(measure('pulse_bpm').apply('72.0999984741211')).toBe('72.10');
    expect([...keptValues()]).toEqual([]);
  });

  it('is set aside where it is no number, or has more digits than its column', () => {
    for (const raw of ['too low', '120/80', '1e2', '12345']) {
      beginRow();
      expect(measure('bp_systolic').apply(raw)).toBeNull();
      expect(raisedFlags()).toEqual(['bp_systolic_invalid']);
      expect([...keptValues()]).toEqual([['bps', raw]]);
    }
    beginRow();
    expect(measure('weight_kg').apply('999999.999999')).toBeNull();
    expect(raisedFlags()).toEqual(['weight_kg_invalid']);
  });

  it('is flagged beyond reason, and never mended', () => {
    expect(measure('temperature_c').apply('37')).toBe('2.778');
    expect(measure('pulse_bpm').apply('-72')).toBe('-72.00');
    expect(measure('spo2_pct').apply('970')).toBe('970.00');
    expect(raisedFlags()).toEqual([
      'pulse_bpm_out_of_range',
      'spo2_pct_out_of_range',
      'temperature_c_out_of_range',
    ]);
  });

  it('says its column’s type', () => {
    expect(typeOf(MEASURES.find(({ target }) => target === 'weight_kg')!)).toBe('numeric(9,4)');
  });
});
