/**
 * The table descriptions in force. The same table is described again in front of every statement: identical bytes give
 * the identical TableMap, so that whatever was compiled for it can be found by it.
 * Holds up to `MAX_KEPT` descriptions, more only within one statement.
 */
import type { SourceServer } from '../src/mysql/server-version.ts';
import { malformedEvent } from './event-bytes.ts';
import type { TableMap } from './model.ts';
import { parseTableMap } from './table-map.ts';

const MAX_KEPT = 4096;
const TABLE_ID_BYTES = 6;

export class TableMaps {
  readonly #flavor: SourceServer['flavor'];
  readonly #kept = new Map<number, { body: Buffer; map: TableMap }>();

  constructor(flavor: SourceServer['flavor']) {
    this.#flavor = flavor;
  }

  /** The description in force, where it is exactly this one: nearly always it is described as it was. */
  find(body: Buffer): TableMap | null {
    const known = body.length < TABLE_ID_BYTES ? undefined : this.#kept.get(readTableId(body));
    return known?.body.equals(body) ? known.map : null;
  }

  /** Takes in the body of a TABLE_MAP event. Throws what `parseTableMap` throws. */
  add(body: Buffer): TableMap {
    const known = this.find(body);
    if (known) return known;
    const map = parseTableMap(body, this.#flavor);
    this.#kept.set(map.tableId, { body: Buffer.from(body), map });
    return map;
  }

  /** Throws CDC_EVENT_MALFORMED for a table that was not described. */
  get(tableId: number): TableMap {
    const known = this.#kept.get(tableId);
    if (!known) throw malformedEvent('Rows of a table that was not described');
    return known.map;
  }

  /** To be called when a statement has ended: descriptions are forgotten once there are many. */
  endStatement(): void {
    if (this.#kept.size > MAX_KEPT) this.#kept.clear();
  }
}

/** The id with which a TABLE_MAP event and the rows events behind it begin. */
export function readTableId(body: Buffer): number {
  return body.readUIntLE(0, TABLE_ID_BYTES);
}
