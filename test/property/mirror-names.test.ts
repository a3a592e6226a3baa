import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mirrorProfile } from '../../src/profiles/mirror/mirror-profile.ts';
import {
  collisionsOf,
  columnNameOf,
  MAX_IDENTIFIER_BYTES,
  RelationNames,
  shortenIdentifier,
  tableNameOf,
} from '../../src/profiles/mirror/names.ts';
import { mirrorOptions, sourceCatalog, sourceColumn, sourceTable } from '../support/source-catalog.ts';

const names = fc.string({ minLength: 1, maxLength: 80, unit: 'grapheme' });

describe('target names', () => {
  it('are never longer than 63 bytes, and unchanged where they fit', () => {
    fc.assert(
      fc.property(names, (name) => {
        const short = shortenIdentifier(name);
        expect(Buffer.byteLength(short)).toBeLessThanOrEqual(MAX_IDENTIFIER_BYTES);
        if (Buffer.byteLength(name) <= MAX_IDENTIFIER_BYTES) expect(short).toBe(name);
        expect(shortenIdentifier(short)).toBe(short);
        expect(Buffer.from(short).toString()).toBe(short);
      }),
    );
  });

  it('stay different where the source names are', () => {
    const long = fc.string({ minLength: 64, maxLength: 90 });
    fc.assert(
      fc.property(long, long, (a, b) => {
        fc.pre(a !== b);
        expect(shortenIdentifier(a)).not.toBe(shortenIdentifier(b));
      }),
    );
    const start = 'x'.repeat(80);
    expect(shortenIdentifier(`${start}1`)).not.toBe(shortenIdentifier(`${start}2`));
  });

  it('fold case only where asked to', () => {
    expect(tableNameOf('Patient', 'lower')).toBe('patient');
    expect(tableNameOf('Patient', 'keep')).toBe('Patient');
  });

  it('avoid the columns that PostgreSQL has in every table', () => {
    expect(columnNameOf('XMIN', 'lower')).toBe('xmin_');
    expect(columnNameOf('XMIN', 'keep')).toBe('XMIN');
    expect(columnNameOf('ctid', 'keep')).toBe('ctid_');
  });

  it('that collide are all found', () => {
    fc.assert(
      fc.property(fc.uniqueArray(names, { maxLength: 20 }), (sources) => {
        const pairs = sources.map((source) => ({ source, target: tableNameOf(source, 'lower') }));
        const targets = new Set(pairs.map((pair) => pair.target));
        expect(collisionsOf('the tables', pairs).length > 0).toBe(targets.size < sources.length);
      }),
    );
  });

  it('that collide are refused all at once, each with its source names', () => {
    const int = (name: string) => sourceColumn(name, 'int(11)');
    const catalog = sourceCatalog([
      sourceTable('Visit', [int('a')]),
      sourceTable('visit', [int('xmin'), int('xmin_')]),
      sourceTable('VISIT', [int('b')]),
    ]);
    expect(() => mirrorProfile.mappings(catalog, mirrorOptions())).toThrow(
      expect.objectContaining({
        code: 'NAME_COLLISION',
        message:
          'Source names collide in the target: the tables Visit and visit and VISIT would all be named visit; ' +
          'in the table visit the columns xmin and xmin_ would all be named xmin_.',
      }),
    );
  });

  it('of indexes and constraints are unique in the schema, and the same every time', () => {
    const wanted = fc.array(fc.oneof(names, fc.constantFrom('a', 'a_b', 'x'.repeat(70))), { maxLength: 30 });
    fc.assert(
      fc.property(wanted, fc.array(names), (claims, tables) => {
        const claim = () => {
          const relations = new RelationNames(tables);
          return claims.map((name) => relations.claim(name));
        };
        const given = claim();
        expect(new Set([...given, ...tables]).size).toBe(given.length + new Set(tables).size);
        expect(given.every((name) => Buffer.byteLength(name) <= MAX_IDENTIFIER_BYTES)).toBe(true);
        expect(claim()).toEqual(given);
      }),
    );
  });
});
