import type { SourceIndex } from '../../../mysql/catalog-model.ts';
import { quoteIdentifier } from '../../../postgres/identifiers.ts';
import type { MirrorTable } from '../tables.ts';

/** A tsvector holds a megabyte at most: of texts that can be longer only this much is indexed. */
const INDEXED_CHARACTERS = 200_000;

/** A GIN index over the words of all columns. `simple`: words as they are, in any language, as the source had them. */
export function fulltextIndexMethod(
  table: MirrorTable,
  index: SourceIndex,
  note: (text: string) => void,
): string | null {
  const columns = index.parts.map((part) =>
    table.columns.find((column) => column.source.name === part.column),
  );
  const texts: string[] = [];
  for (const column of columns) {
    if (column === undefined || !/^(text$|character varying)/.test(column.type)) {
      note('Is not created: a full-text index is on text columns only.');
      return null;
    }
    const name = quoteIdentifier(column.name);
    const long = column.source.dataType === 'mediumtext' || column.source.dataType === 'longtext';
    texts.push(`COALESCE(${long ? `"left"(${name}, ${INDEXED_CHARACTERS})` : name}, '')`);
  }
  const expression = `to_tsvector('simple', ${texts.join(" || ' ' || ")})`;
  note(
    `Serves MATCH … AGAINST no more: ask for ${expression} @@ plainto_tsquery('simple', …) in PostgreSQL.`,
  );
  return `gin (${expression})`;
}
