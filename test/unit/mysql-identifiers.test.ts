import { expect, test } from 'vitest';
import {
  hexLiteral,
  quoteAccount,
  quoteGrantDatabase,
  quoteSourceIdentifier,
  quoteSourceString,
} from '../../src/mysql/identifiers.ts';
import { parseServerVersion } from '../../src/mysql/server-version.ts';

test('names keep their backticks', () => {
  expect(quoteSourceIdentifier('a`b')).toBe('`a``b`');
});

test('text is the same in any sql_mode', () => {
  expect(quoteSourceString('plain text')).toBe("'plain text'");
  expect(quoteSourceString("it's")).toBe("_utf8mb4 X'69742773'");
  expect(quoteSourceString('a\\')).toBe("_utf8mb4 X'615C'");
  expect(quoteSourceString('é')).toBe("_utf8mb4 X'C3A9'");
});

test('bytes are written as they are, with or without a character set', () => {
  expect(hexLiteral(Buffer.from([0, 255]))).toBe("X'00FF'");
  expect(hexLiteral(Buffer.from('a'), 'latin1')).toBe("_latin1 X'61'");
  expect(() => hexLiteral(Buffer.from('a'), "x' OR '")).toThrow(TypeError);
});

test('an account is quoted as GRANT takes it', () => {
  expect(quoteAccount('reader@%')).toBe("'reader'@'%'");
  expect(quoteAccount("o'neil@home@10.0.0.1")).toBe("'o''neil@home'@'10.0.0.1'");
  expect(quoteAccount('clinic\\reader@%')).toBe("`clinic\\reader`@'%'");
});

test('a database is quoted as GRANT takes it, so that it stands for itself alone', () => {
  expect(quoteGrantDatabase('my_clinic%`s')).toBe('`my\\_clinic\\%``s`');
  expect(quoteGrantDatabase('my_clinic', true)).toBe('`my_clinic`');
});

test.each([
  ['10.11.19-MariaDB-0+deb12u1-log', 'Debian 12', 'mariadb', 101_119],
  ['5.5.5-10.3.39-MariaDB', '', 'mariadb', 100_339],
  ['9.7.4-2', '(Debian)', 'mysql', 90_704],
  ['8.0.36-28', 'Percona Server (GPL), Release 28', 'mysql', 80_036],
  ['5.7.44-log', 'MySQL Community Server (GPL)', 'mysql', 50_744],
])('version %s', (version, comment, flavor, versionNumber) => {
  expect(parseServerVersion(version, comment)).toEqual({ flavor, version, versionNumber });
});
