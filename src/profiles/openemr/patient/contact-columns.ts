import { constant, type ColumnDeclaration } from '../../../mapping/declare.ts';

/** Every column of a contact that its kind may leave empty, in the order of the table. Mappings of one table fill the same columns. */
const TYPES: Readonly<Record<string, string>> = {
  relationship: 'text',
  name: 'text',
  organization: 'text',
  phone: 'text',
  phone_work: 'text',
  email: 'text',
  address_line1: 'text',
  address_line2: 'text',
  city: 'text',
  state: 'text',
  postal_code: 'text',
  country: 'text',
  period_start: 'date',
  period_end: 'date',
  is_primary: 'boolean',
  telecom_system: 'text',
  telecom_use: 'text',
  telecom_value: 'text',
};

/** The columns of a contact: what is declared, and NULL for the others. */
export function contactColumns(
  declared: Readonly<Record<string, ColumnDeclaration>>,
): Record<string, ColumnDeclaration> {
  return Object.fromEntries(
    Object.entries(TYPES).map(([column, type]) => [column, declared[column] ?? [type, constant(null)]]),
  );
}
