import type { SourceCatalog } from './catalog-model.ts';
import type { CatalogScope } from './catalog-scope.ts';

type Programs = Pick<SourceCatalog['others'], 'routines' | 'triggers' | 'events'>;

/**
 * Stored programs by name. The servers show them only to users with the privileges EXECUTE, TRIGGER and EVENT: what
 * is not in the lists may still exist.
 */
export async function readStoredPrograms(scope: CatalogScope): Promise<Programs> {
  const names = async (table: string, kind: string): Promise<string[]> => {
    const rows = await scope.query<{ name: string }>(
      `SELECT ${kind}_NAME AS name FROM information_schema.${table} WHERE ${scope.isDatabase(`${kind}_SCHEMA`)}`,
    );
    return rows.map(({ name }) => name).sort();
  };
  return {
    routines: await names('ROUTINES', 'ROUTINE'),
    triggers: await names('TRIGGERS', 'TRIGGER'),
    events: await names('EVENTS', 'EVENT'),
  };
}
