/** The practice of the demo, and what its operator knows of it. */
export const OPENEMR_DATABASE = 'openemr';
export const OPENEMR_VERSION = '8';

/** What the operator of the practice knows of it. */
export const PRACTICE_SETTINGS = {
  SOURCE_TIME_ZONE: 'America/New_York',
  CUTOVER_DATE: '2026-01-15',
  NUL_POLICY: 'strip',
  FIELD_KEY: '5e'.repeat(32),
};
