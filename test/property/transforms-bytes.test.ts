import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Transform } from '../../src/mapping/mapping.ts';
import {
  chain,
  code,
  digits,
  keepOnly,
  lower,
  mask,
  nullIfEmpty,
  titleCase,
  trim,
  upper,
} from '../../src/mapping/transforms/index.ts';

const SAMPLES = 4000;
const MARGIN_BYTES = 16;
/** What the compiler allows a transform: three times its input and a kilobyte. */
const roomFor = (length: number): number => 4 + 3 * length + 1024;

const SEXES = { M: 'male', F: 'female', '': 'unknown', ж: 'female' };

const TRANSFORMS: Transform[] = [
  trim,
  lower,
  upper,
  titleCase,
  digits,
  keepOnly('+0123456789'),
  nullIfEmpty,
  mask(0),
  mask(4),
  code(SEXES, 'keep'),
  code(SEXES, 'null'),
  code(SEXES, 'refuse'),
  code({ outpatient: 'AMB', M: 'x' }, 'null'),
  chain(trim, lower),
  chain(trim, nullIfEmpty, upper, titleCase),
  chain(digits, nullIfEmpty),
];

/** Where the rules are: white space of every kind, letters that change their length, codes, marks, surrogate pairs. */
const characters = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(..."aZéM F4-'_*+.@\t\n\0") },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '\u00a0',
      '\u1680',
      '\u2003',
      '\u2028',
      '\u202f',
      '\u205f',
      '\u3000',
      '\ufeff',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('İ', 'ß', 'ΐ', 'ﬃ', 'Σ', 'ς', 'ǅ', '\u0301', '王', 'さ', '😀', '𐐀', 'ж', '٣'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
);
const texts = fc.oneof(
  { weight: 6, arbitrary: fc.array(characters, { maxLength: 12 }).map((parts) => parts.join('')) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('M', 'F', 'ж', 'outpatient', ' M', '\u00a0M\u3000', '+1 (555) 010-9999'),
  },
  {
    weight: 1,
    arbitrary: fc.array(characters, { minLength: 500, maxLength: 1500 }).map((parts) => parts.join('')),
  },
);

describe('a transform on bytes gives what it gives on text [invariant 1]', () => {
  test.each(TRANSFORMS.map((transform) => [transform.name, transform] as const))('%s', (_name, transform) => {
    fc.assert(
      fc.property(texts, fc.nat(3), (text, offset) => {
        expect(onBytes(transform, text, offset)).toEqual(onText(transform, text));
      }),
      { numRuns: SAMPLES },
    );
  });
});

test.each(TRANSFORMS.map((transform) => [transform.name, transform] as const))(
  '%s leaves NULL as it is',
  (_name, transform) => {
    expect(transform.apply(null)).toBeNull();
  },
);

function onText(transform: Transform, text: string): string | null {
  return attempt(() => transform.apply(text));
}

/** Runs it in the middle of other bytes, which it must neither read nor overwrite. */
function onBytes(transform: Transform, text: string, offset: number): string | null {
  const value = Buffer.from(text);
  const src = Buffer.concat([Buffer.from('M '.repeat(offset)), value, Buffer.from(' x')]);
  const start = 2 * offset;
  const dst = Buffer.alloc(MARGIN_BYTES + roomFor(value.length) + MARGIN_BYTES, 0xa5);
  return attempt(() => {
    const end = transform.applyBytes!(src, start, start + value.length, dst, MARGIN_BYTES);
    expect(dst.subarray(0, MARGIN_BYTES).every((byte) => byte === 0xa5)).toBe(true);
    expect(end).toBeLessThanOrEqual(dst.length - MARGIN_BYTES);
    const length = dst.readInt32BE(MARGIN_BYTES);
    expect(end).toBe(MARGIN_BYTES + 4 + Math.max(0, length));
    return length === -1 ? null : dst.toString('utf8', MARGIN_BYTES + 4, end);
  });
}

function attempt(action: () => string | null): string | null {
  try {
    return action();
  } catch (error) {
    return `<${(error as Error).name}: ${(error as Error).message}>`;
  }
}
