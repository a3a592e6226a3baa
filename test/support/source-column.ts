import type { SourceColumn } from '../../src/mysql/catalog-model.ts';

/** A column as the catalog reader would describe it, for tests without a server. */
export function sourceColumn(dataType: string, facts: Partial<SourceColumn> = {}): SourceColumn {
  return {
    name: 'c',
    dataType,
    columnType: dataType,
    unsigned: false,
    length: null,
    precision: null,
    scale: null,
    fractionalDigits: 0,
    charset: null,
    collation: null,
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
    ...facts,
  };
}
