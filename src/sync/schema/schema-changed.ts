/**
 * What the operator is told of a statement that sync stops before. The statement's own text may hold literals out of rows, and
 * is not shown: its place in the binlog is.
 */
import type { SourceStatement } from '../../../cdc/transaction-model.ts';
import { TransfuseError } from '../../core/errors.ts';
import type { Stop } from './passage.ts';

/** `tables` are to be loaded again, with those that hang on them. */
export function schemaChanged(
  { statement, start }: SourceStatement,
  { why, whyNotAccepted }: Stop,
  tables: readonly string[],
): TransfuseError {
  const place = `${start.file}:${start.offset}`;
  const names = tables.join(',');
  const what =
    statement.kind === 'unknown'
      ? `A statement at ${place} of the source's binlog is not understood, and may change tables`
      : `The source has run ${statement.kind.toUpperCase().replace('-', ' ')}${tables.length > 0 ? ` on ${statement.tables.map(({ table }) => table).join(', ')}` : ''} at ${place} of its binlog. ${why.replace(/\.$/, '')}`;
  const reload =
    tables.length > 0
      ? `bring the target to the form that the source has now (bin/schema shows what differs), then bin/bulk --tables ${names} --replace, then bin/sync again: it goes on from here, and passes over what the new load holds`
      : 'load all tables again with bin/bulk --replace';
  const look = `Look at it with mysqlbinlog --start-position=${start.offset} ${start.file}.`;
  const accept =
    whyNotAccepted === null
      ? ` Or, where the target's rows are right as they are: bin/sync --accept-schema ${place}, which lets this one statement pass.`
      : '';
  return new TransfuseError('CDC_SCHEMA_CHANGED', `${what}. The sync has stopped before it.`, {
    where: { file: start.file, offset: start.offset, ...(tables.length > 0 && { tables: names }) },
    fix: `${look} The way on: ${reload}.${accept}`,
  });
}

/** The operator wants it to pass, and it cannot. */
export function acceptRefused(
  { start }: Pick<SourceStatement, 'start'>,
  why: string,
  tables: readonly string[],
): TransfuseError {
  const place = `${start.file}:${start.offset}`;
  return new TransfuseError(
    'CDC_SCHEMA_CHANGED',
    `The statement at ${place} cannot be let pass: ${why}. The sync has stopped before it.`,
    {
      where: { file: start.file, offset: start.offset },
      fix: `Bring the target to the form that the source has now (bin/schema shows what differs), then bin/bulk --tables ${tables.join(',')} --replace, then bin/sync again.`,
    },
  );
}
