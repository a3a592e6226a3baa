import type { SourceColumn, SourceTable } from '../mysql/catalog-model.ts';

/** So many bytes are taken for a row, before any was counted. */
const BYTES_PER_ROW = 200;

/** A table of which nothing is known but the names of its columns: all of them are texts. */
export function textTable(name: string, columns: readonly string[], dataBytes: number): SourceTable {
  return {
    name,
    engine: '',
    comment: '',
    collation: 'utf8mb4_bin',
    rowEstimate: Math.ceil(dataBytes / BYTES_PER_ROW),
    dataBytes,
    partitioned: false,
    nextAutoIncrement: null,
    columns: columns.map(textColumn),
    indexes: [],
    foreignKeys: [],
    checks: [],
  };
}

function textColumn(name: string): SourceColumn {
  return {
    name,
    dataType: 'longtext',
    columnType: 'longtext',
    unsigned: false,
    length: null,
    precision: null,
    scale: null,
    fractionalDigits: 0,
    charset: 'utf8mb4',
    collation: 'utf8mb4_bin',
    nullable: true,
    default: null,
    onUpdateCurrentTimestamp: false,
    autoIncrement: false,
    generated: null,
    members: null,
    srid: null,
    json: false,
    invisible: false,
    comment: '',
  };
}
