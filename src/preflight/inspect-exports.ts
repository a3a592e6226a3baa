/** What a load of exports needs: files that are what their names say. */
import type { ExportSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { quantity } from '../core/quantity.ts';
import { readExports } from '../exports/read-exports.ts';
import { finding, type Finding } from './finding.ts';

const WHY = 'What is loaded are the tables that are found here.';

export async function inspectExports(settings: ExportSettings): Promise<Finding[]> {
  try {
    const { tables } = await readExports(settings);
    const files = [...tables.values()].reduce((sum, { groups }) => sum + groups.flat().length, 0);
    return [
      finding(
        'source-exports',
        true,
        `${quantity(tables.size, 'table')} in ${quantity(files, 'file')}.`,
        WHY,
      ),
    ];
  } catch (error) {
    if (!(error instanceof TransfuseError)) throw error;
    return [finding('source-exports', false, error.message, WHY, { remedy: error.fix })];
  }
}
