/** Parts of binlog events, written by hand for tests without a server. */

/** A TABLE_MAP body. `metadata` are the types' own bytes; `optional` the fields behind the fixed part. */
export function tableMapBody(parts: {
  tableId?: number;
  types: number[];
  metadata?: number[];
  optional?: Buffer[];
}): Buffer {
  const { tableId = 7, types, metadata = [], optional = [] } = parts;
  const head = Buffer.alloc(8);
  head.writeUIntLE(tableId, 0, 6);
  const name = (text: string): Buffer =>
    Buffer.from(`${String.fromCharCode(text.length)}${text}\0`, 'latin1');
  const nullable = Buffer.alloc((types.length + 7) >> 3, 0xff);
  const sized = (bytes: number[]): Buffer => Buffer.from([bytes.length, ...bytes]);
  return Buffer.concat([
    head,
    name('clinic'),
    name('visit'),
    sized(types),
    sized(metadata),
    nullable,
    ...optional,
  ]);
}

export function optionalField(type: number, value: Buffer | number[]): Buffer {
  return Buffer.from([type, value.length, ...value]);
}

export function columnNames(...names: string[]): Buffer {
  return optionalField(
    4,
    Buffer.concat(names.map((name) => Buffer.from([name.length, ...Buffer.from(name)]))),
  );
}

/** A rows event of the second version for table 7. */
export function rowsBody(columns: number, present: number[], rows: Buffer): Buffer {
  const head = Buffer.from([7, 0, 0, 0, 0, 0, 1, 0, 2, 0, columns]);
  return Buffer.concat([head, Buffer.from(present), rows]);
}
