import { describe, expect, it } from 'vitest';
import type { MappingOptions } from '../../src/mapping/mapping.ts';
import { differingOptions, settingsBehind } from '../../src/mapping/plan-from-ledger.ts';

const OPTIONS: MappingOptions = {
  policies: { zeroDate: 'null', nul: 'strip', tinyint1: 'smallint' },
  identifierCase: 'lower',
  targetSchema: 'public',
  extensions: { postgis: false, pgvector: false },
  timeZone: 'America/New_York',
  cutoverDate: '2026-01-15',
  orphans: 'reject',
};

describe('the settings that a run was made with', () => {
  it('are named where those of now are others', () => {
    const now = {
      ...OPTIONS,
      timeZone: 'Europe/Berlin',
      policies: { ...OPTIONS.policies, nul: 'reject' },
    } as const;
    expect(settingsBehind({ ...OPTIONS }, now)).toEqual(['NUL_POLICY', 'SOURCE_TIME_ZONE']);
    expect(settingsBehind({ ...OPTIONS }, OPTIONS)).toEqual([]);
  });

  it('differ for a whole run only where every mapping reads them', () => {
    expect(
      differingOptions({ ...OPTIONS }, { ...OPTIONS, cutoverDate: '2027-01-01', orphans: 'null' }),
    ).toEqual([]);
  });
});
