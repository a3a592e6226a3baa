import { describe, expect, test } from 'vitest';
import { readCharsets } from '../../cdc/read-charsets.ts';
import { readSourceCatalog } from '../../src/mysql/catalog.ts';
import { currentBinlog, readBinlogFile } from '../support/binlog-file.ts';
import { BinlogReplica } from '../support/binlog-replica.ts';
import { createSourceDatabase, sourceFlavors } from '../support/databases.ts';
import { selectRows } from '../support/select-rows.ts';
import { connectToSource } from '../support/source-settings.ts';

const CODE_POINTS_PER_ROW = 256;
const MAX_CODE_POINT = 0x10ffff;
const SURROGATES = { from: 0xd800, to: 0xdfff };
const DIGITS = `(${[...'0123456789ABCDEF'].map((digit) => `select '${digit}' as d`).join(' union all ')})`;
const BYTES = `(select concat(x.d, y.d) as h from ${DIGITS} x, ${DIGITS} y)`;

describe.each(sourceFlavors())('[invariant 11] every character set of %s, by the binlog', (flavor) => {
  test('every character of every one becomes what a SELECT makes of it', { timeout: 300_000 }, async () => {
    await using source = await createSourceDatabase(flavor);
    await using reader = await connectToSource(source);
    const charsets = await source.query<{ name: string; bytes: number }>(
      `select character_set_name as name, maxlen as bytes from information_schema.character_sets
        where character_set_name not in ('binary', 'utf8mb3') and character_set_name not like 'utf8'`,
    );
    await source.query(`set names utf8mb4; set sql_mode = '', session max_error_count = 0`);
    const begin = await currentBinlog(source);
    for (const { name, bytes } of charsets) {
      await source.query(
        `create table t_${name} (id int auto_increment primary key, v varchar(${CODE_POINTS_PER_ROW}) character set ${name})`,
      );
      for (const values of sequences(name, bytes)) {
        await source.query(`insert into t_${name} (v) ${values}`);
      }
    }
    const catalog = await readSourceCatalog(reader, source.config.database);
    const columns = new Map(catalog.tables.map((table) => [table.name, table.columns]));
    const charsetOf = await readCharsets(
      reader,
      charsets.map(({ name }) => name),
    );
    const replica = new BinlogReplica(flavor, columns, charsetOf);
    replica.apply(readBinlogFile(begin.file, begin.offset));
    for (const { name } of charsets) {
      const selected = await selectRows(reader, `select * from t_${name} order by id`);
      const replicated = [...replica.tables.get(`t_${name}`)!.values()];
      expect(replicated.length, name).toBe(selected.length);
      const different = selected.filter((row, i) => !row.equals(replicated[i]!));
      expect.soft(different.length, name).toBe(0);
    }
  });
});

/** SELECTs of all that can be a character: in a character set of Unicode by code points, in another one by bytes. */
function sequences(charset: string, maxBytes: number): string[] {
  if (/^(utf|ucs)/.test(charset)) return codePoints(charset);
  const text = (hex: string): string => `convert(unhex(${hex}) using ${charset})`;
  const one = `select ${text('h')} from ${BYTES} b`;
  if (maxBytes === 1) return [one];
  const two = `select ${text('concat(a.h, b.h)')} from ${BYTES} a, ${BYTES} b where a.h >= '80'`;
  if (maxBytes === 2) return [one, two];
  const three = `select ${text(`concat(a.h, b.h, c.h)`)} from ${BYTES} a, ${BYTES} b, ${BYTES} c
    where a.h in ('8E', '8F') and b.h >= 'A1' and c.h >= 'A1'`;
  if (maxBytes === 3) return [one, two, three];
  // The last of four bytes is a digit: all ten in one value.
  const digits = Array.from({ length: 10 }, (_, digit) => `a.h, b.h, c.h, '3${digit}'`).join(', ');
  const four = `select ${text(`concat(${digits})`)} from ${BYTES} a, ${BYTES} b, ${BYTES} c
    where a.h between '81' and 'FE' and b.h between '30' and '39' and c.h between '81' and 'FE'`;
  return [one, two, four];
}

function codePoints(charset: string): string[] {
  const last = charset === 'ucs2' ? 0xffff : MAX_CODE_POINT;
  const values: string[] = [];
  for (let first = 0; first <= last; first += CODE_POINTS_PER_ROW) {
    if (first >= SURROGATES.from && first <= SURROGATES.to) continue;
    const codes = Array.from({ length: CODE_POINTS_PER_ROW }, (_, i) => first + i);
    const hex = codes.map((code) => code.toString(16).padStart(8, '0')).join('');
    values.push(`select convert(convert(x'${hex}' using utf32) using ${charset})`);
  }
  const rows: string[] = [];
  for (let at = 0; at < values.length; at += 100) rows.push(values.slice(at, at + 100).join(' union all '));
  if (charset === 'ucs2') rows.push(`select convert(x'd800dc00dfff' using ucs2)`);
  return rows;
}
