import { beforeEach, describe, expect, it } from 'vitest';
import { beginRow, keptValues, raisedFlags } from '../../src/mapping/row-notes.ts';
import { decryptField, fieldKey } from '../../src/mapping/field-crypto.ts';
import { staffActive, staffKind } from '../../src/profiles/openemr/doctor/staff-role.ts';
import { address, truth, workPhone } from '../../src/profiles/openemr/doctor/staff-values.ts';
import { encryptedTaxId, taxIdLast4 } from '../../src/profiles/openemr/doctor/tax-id.ts';
import { taxonomyCode, taxonomyIsDefault } from '../../src/profiles/openemr/doctor/taxonomy.ts';

beforeEach(beginRow);

describe('somebody in the user table', () => {
  it('is a program, an address, a provider or staff, in this order', () => {
    expect(staffKind.apply('oe-system', '', '1')).toBe('system');
    expect(staffKind.apply('x', 'NoLogin', '1')).toBe('system');
    expect(staffKind.apply(' ', '', '1')).toBe('external');
    expect(staffKind.apply(null, null, null)).toBe('external');
    expect(staffKind.apply('ann', '', '1')).toBe('provider');
    expect(staffKind.apply('ann', '', '0')).toBe('staff');
  });

  it('has gone by a number or by a word, and what else was said is kept', () => {
    expect(staffActive.apply('1', '')).toBe('t');
    expect(staffActive.apply('0', '')).toBe('f');
    expect(staffActive.apply('1', 'Inactive')).toBe('f');
    expect(keptValues().size).toBe(0);
    expect(staffActive.apply('1', 'inactive since May')).toBe('f');
    expect(staffActive.apply('1', 'hyperinactivexyz')).toBe('t');
    expect([...keptValues()]).toEqual([['info', 'hyperinactivexyz']]);
  });
});

describe('a tax id', () => {
  const key = fieldKey(Buffer.alloc(32, 1));
  const site = {
    timeZone: 'UTC',
    cutoverDate: '2026-01-15',
    orphans: 'reject',
    fieldKey: key,
    has: () => true,
  } as const;
  const decrypted = (raw: string): string => {
    const stored = Buffer.from(encryptedTaxId(site, 'doctor').apply(raw)!.slice(2), 'hex');
    return decryptField(key, { mapping: 'doctor', column: 'tax_id_ciphertext' }, stored);
  };

  it('is encrypted as nine digits', () => {
    expect(decrypted('12-3456789 ')).toBe('123456789');
    expect(taxIdLast4.apply('12-3456789 ')).toBe('6789');
    expect(raisedFlags()).toEqual([]);
  });

  it('is encrypted as it is where it is something else', () => {
    expect(decrypted('see file')).toBe('see file');
    expect(taxIdLast4.apply('see file')).toBeNull();
    expect(raisedFlags()).toEqual(['tax_id_invalid']);
    expect(keptValues().size).toBe(0);
  });

  it('is nothing where nothing is typed', () => {
    expect(encryptedTaxId(site, 'doctor').apply(' ')).toBeNull();
    expect(taxIdLast4.apply('')).toBeNull();
  });
});

describe('a telephone at work', () => {
  const phone = workPhone('phone', 'phonew1', 'phone');

  it('stands before the other, which is kept', () => {
    expect(phone.apply('(212) 555-0100', '212-555-0199')).toBe('+12125550100');
    expect([...keptValues()]).toEqual([['phone', '212-555-0199']]);
  });

  it('leaves its place to the other', () => {
    expect(phone.apply('', '212-555-0199')).toBe('+12125550199');
    expect(phone.apply('soon', '212-555-0199')).toBe('+12125550199');
    expect([...keptValues()]).toEqual([['phonew1', 'soon']]);
  });
});

describe('a taxonomy', () => {
  it('is no evidence where everybody has it, unless something says the same', () => {
    expect(taxonomyIsDefault.apply('207Q00000X', 'Front desk', '0')).toBe('t');
    expect(taxonomyIsDefault.apply('207Q00000X', 'EP; family  medicine', '0')).toBe('f');
    expect(taxonomyIsDefault.apply('207Q00000X', '', '1')).toBe('f');
    expect(taxonomyIsDefault.apply('207RC0000X', '', '0')).toBe('f');
    expect(taxonomyIsDefault.apply('', '', '0')).toBeNull();
  });

  it('is flagged where the list has no such code', () => {
    expect(taxonomyCode.apply('207RC0000X', '207RC0000X')).toBe('207RC0000X');
    expect(taxonomyCode.apply('207Q00000X', null)).toBe('207Q00000X');
    expect(raisedFlags()).toEqual([]);
    expect(taxonomyCode.apply('207X', null)).toBe('207X');
    expect(raisedFlags()).toEqual(['taxonomy_code_unknown_option']);
  });
});

it('an address has only what is said', () => {
  const of = address(['line1', 'city']);
  expect(of.apply(' 1 Main Street', '')).toBe('{"line1":"1 Main Street"}');
  expect(of.apply('', null)).toBeNull();
});

it('anything but 0 is yes', () => {
  expect(['1', '2', '-1', '0', '00'].map((raw) => truth('f').apply(raw))).toEqual(['t', 't', 't', 'f', 'f']);
  expect(truth(null).apply(null)).toBeNull();
});
