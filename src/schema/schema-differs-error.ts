import { TransfuseError } from '../core/errors.ts';
import { quantity } from '../core/quantity.ts';
import type { SchemaDifference } from './schema-difference.ts';

const NAMED_DIFFERENCES = 20;

/** The target has objects that the plan wants otherwise. Carries all of them; its message names the first ones. */
export class SchemaDiffersError extends TransfuseError {
  readonly differences: readonly SchemaDifference[];

  constructor(database: string, differences: readonly SchemaDifference[]) {
    const named = differences.slice(0, NAMED_DIFFERENCES).map(nameDifference);
    const more = differences.length - named.length;
    const differ = `${quantity(differences.length, 'object')} of the target ${differences.length === 1 ? 'differs' : 'differ'}`;
    super(
      'TARGET_SCHEMA_DIFFERS',
      `${differ} from the plan; nothing was created or altered: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`,
      { where: { database, differences: differences.length } },
    );
    this.differences = differences;
  }
}

/** Kind and name: `column visit.id`. */
export function nameDifference({ kind, table, name }: SchemaDifference): string {
  return table === null || table === name ? `${kind} ${name}` : `${kind} ${table}.${name}`;
}
