/** Why an ALTER TABLE cannot be followed, whatever columns it adds. Pure. */
import type { Alterations } from '../../../cdc/alter-table.ts';
import type { SourceTable } from '../../mysql/catalog-model.ts';
import { logsCascades } from '../../mysql/cascades.ts';
import type { SourceServer } from '../../mysql/server-version.ts';
import { losesCascade, losesRowKey } from './lost-keys.ts';
import { PASS, stop, type Passage } from './passage.ts';

const UNREADABLE = 'the rows that follow cannot be read with the columns that are known';

/** null where nothing is in the way; `table` is null where it is none of the plan, and takes the name of one. */
export function judgeAlter(
  table: SourceTable | null,
  alterations: Alterations,
  server: SourceServer,
): Passage | null {
  const { partners, renamedTo, droppedKeys } = alterations;
  if (table === null || partners.length > 0) return stop('Rows have changed place between tables.');
  if (renamedTo !== null) return stop('The table has got another name, under which nobody follows it.');
  if (alterations.losesColumns)
    return stop('Its columns, or the key of its rows, are not what they were.', UNREADABLE);
  if (alterations.changesRows) return stop('Rows came or went without being logged.');
  if (alterations.retypesColumns)
    return stop('Columns have got another type, and their values with it, perhaps.');
  if (losesRowKey(table, droppedKeys))
    return stop('The key is gone by which its rows are found.', UNREADABLE);
  if (losesCascade(table, droppedKeys)) {
    return stop(
      'A foreign key is gone that changed its rows, and that the target still has.',
      'the target would change rows that the source keeps',
    );
  }
  if (alterations.addsCascade && !logsCascades(server)) {
    return stop(
      'A foreign key was added that changes its rows, which the source does not log.',
      'changes would be missed',
    );
  }
  return null;
}

/** Of a table that query mappings read, or whose rows they select: they do it by names, so that only what those stand for must stay. */
export function judgeWatched(alterations: Alterations, isOwn: boolean): Passage {
  const { partners, renamedTo, losesColumns, retypesColumns, changesRows, addedColumns } = alterations;
  const changes =
    partners.length > 0 ||
    losesColumns ||
    retypesColumns ||
    changesRows ||
    (isOwn && addedColumns.length > 0);
  return renamedTo === null && !changes
    ? PASS
    : stop(
        'A mapping selects rows of the table, or by them, and its columns or rows are not what they were.',
      );
}
