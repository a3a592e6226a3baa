import { TransfuseError } from '../core/errors.ts';
import type { SchemaDifference } from './compare-schema.ts';

const SHOWN_DIFFERENCES = 20;

/** The target has objects that the plan wants otherwise. Carries all of them; its message names the first ones. */
export class SchemaDiffersError extends TransfuseError {
  readonly differences: readonly SchemaDifference[];

  constructor(database: string, differences: readonly SchemaDifference[]) {
    const shown = differences.slice(0, SHOWN_DIFFERENCES).map(describeDifference);
    const more = differences.length - shown.length;
    super(
      'TARGET_SCHEMA_DIFFERS',
      `${differences.length} objects of the target differ from the plan; nothing was created or altered: ` +
        `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`,
      { where: { database, differences: differences.length } },
    );
    this.differences = differences;
  }
}

/** One line for one difference: the object, what is expected, what is there. */
export function describeDifference(difference: SchemaDifference): string {
  const { kind, table, name, expected, found } = difference;
  const object = table === null || table === name ? `${kind} ${name}` : `${kind} ${table}.${name}`;
  return `${object}: expected ${expected}, found ${found ?? 'nothing'}`;
}
