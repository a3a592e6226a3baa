import { beforeEach, describe, expect, it } from 'vitest';
import { beginRow, keptValues, raisedFlags } from '../../src/mapping/row-notes.ts';
import { noteCode, noteCodeSystem } from '../../src/profiles/openemr/medical-records/note-code.ts';
import { layoutSections } from '../../src/profiles/openemr/medical-records/note-layout-sections.ts';
import { unpack } from '../../src/profiles/openemr/medical-records/note-layout-value.ts';

beforeEach(beginRow);

describe('a packed value', () => {
  it('is unpacked as the type of its field says', () => {
    expect(unpack(21, 'left| right|')).toEqual(['left', 'right']);
    expect(unpack(22, 'a:one|b:two')).toEqual({ a: 'one', b: 'two' });
    expect(unpack(23, 'acl:1:fine|mcl:2:torn: half|pcl:0:')).toEqual({
      acl: { result: '1', note: 'fine' },
      mcl: { result: '2', note: 'torn: half' },
      pcl: { result: '0' },
    });
    expect(unpack(25, 'flu:1:2019')).toEqual({ flu: { checked: '1', note: '2019' } });
    expect(unpack(32, '|quit_tobacco|2024-05-06|3')).toEqual({
      status: 'quit_tobacco',
      date: '2024-05-06',
      code: '3',
    });
  });

  it('stays a text where it is not packed so', () => {
    expect(unpack(23, 'normal')).toBe('normal');
    expect(unpack(28, 'none')).toBe('none');
    expect(unpack(1, 'a|b')).toBe('a|b');
  });
});

describe('the sections of a form that a site has laid out', () => {
  it('come in the order of the layout, each once, without empty ones', () => {
    const own = JSON.stringify([
      ['loose', 'x', null, null, null, null],
      ['pain', 'hives', 2, 'Pain', 1, 'Hives'],
      ['sites', 'a|b', 1, 'Sites', 21, null],
      ['sites', 'a|b', 5, 'Sites again', 2, null],
      ['empty', ' ', 3, 'Empty', 2, null],
    ]);
    const shared = JSON.stringify([['common', 'y', 4, 'Common', 2, null]]);
    const sections = layoutSections.apply(own, shared)!;
    expect(JSON.parse(sections)).toEqual({
      sites: { title: 'Sites', value: ['a', 'b'] },
      pain: { title: 'Pain', value: 'hives', option: 'Hives' },
      common: { title: 'Common', value: 'y' },
      loose: { value: 'x' },
    });
    expect(Object.keys(JSON.parse(sections) as object)).toEqual(['sites', 'pain', 'common', 'loose']);
    expect(layoutSections.apply(null, null)).toBe('{}');
  });
});

describe('the code of a note', () => {
  it('is split from its system, and of LOINC where it looks like that', () => {
    expect([noteCodeSystem.apply('loinc:11506-3'), noteCode.apply('loinc:11506-3')]).toEqual([
      'LOINC',
      '11506-3',
    ]);
    expect([noteCodeSystem.apply('11506-3'), noteCode.apply('11506-3')]).toEqual(['LOINC', '11506-3']);
    expect([noteCodeSystem.apply(''), noteCode.apply(null)]).toEqual([null, null]);
    expect(raisedFlags()).toEqual([]);
  });

  it('is set aside where nobody knows its system', () => {
    expect([noteCodeSystem.apply('progress'), noteCode.apply('progress')]).toEqual([null, null]);
    expect(raisedFlags()).toEqual(['code_invalid']);
    expect([...keptValues()]).toEqual([['code', 'progress']]);
  });
});
