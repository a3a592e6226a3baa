import { expect, test } from 'vitest';
import { suggest } from '../../src/core/suggest.ts';

test('a slip of the keys suggests the name that was meant', () => {
  expect(suggest('buk', ['bulk', 'status'])).toBe('bulk');
  expect(suggest('LEGACY_DB_HSOT', ['LEGACY_DB_HOST', 'LEGACY_DB_PORT'])).toBe('LEGACY_DB_HOST');
  expect(suggest('Patients', ['patients'])).toBe('patients');
});

test('a name that resembles none suggests none', () => {
  expect(suggest('frobnicate', ['bulk', 'status'])).toBeNull();
  expect(suggest('', ['bulk'])).toBeNull();
});
