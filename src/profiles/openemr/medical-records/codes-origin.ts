/** The columns that every table has: where the row came from, and what is left to say of it. */
import { apply, constant, everythingElse, flags } from '../../../mapping/declare.ts';
import type { ColumnDeclaration } from '../../../mapping/declare.ts';
import { keyOfDependent } from '../text.ts';

type Origin = Record<'legacy_table' | 'legacy_id' | 'extra' | 'dq_flags', ColumnDeclaration>;

/** Of rows that are nothing without their patient, whose key is the field `patient_key`. */
export function origin(table: string, key: string): Origin {
  return {
    legacy_table: ['text!', constant(table)],
    legacy_id: ['text!', apply(keyOfDependent, key, 'patient_key'), 'identifier'],
    extra: ['jsonb!', everythingElse, 'critical'],
    dq_flags: ['text[]!', flags],
  };
}
