import { describe, expect, test } from 'vitest';
import { TransfuseError } from '../../src/core/errors.ts';
import { classifySourceError } from '../../src/mysql/errors.ts';

const CANARY = 'CANARY-Jane-Doe-1970';
const context = {
  host: 'db.example',
  port: 3306,
  database: 'clinic',
  table: 'patients',
  doing: 'reading patients',
};

function driverError(fields: Record<string, unknown>, message = CANARY): Error {
  return Object.assign(new Error(message), { sqlMessage: CANARY, sql: CANARY }, fields);
}

describe('what an error of the source means', () => {
  test.each([
    [{ code: 'ECONNREFUSED', errno: -111, syscall: 'connect' }, 'SOURCE_UNREACHABLE', true],
    [{ code: 'ETIMEDOUT', syscall: 'connect' }, 'SOURCE_UNREACHABLE', true],
    [{ code: 'ENOTFOUND', syscall: 'getaddrinfo' }, 'SOURCE_UNREACHABLE', false],
    [{ code: 'ETIMEDOUT', syscall: 'read' }, 'SOURCE_LOST', true],
    [{ code: 'PROTOCOL_CONNECTION_LOST', fatal: true }, 'SOURCE_LOST', true],
    [{ code: 'ECONNRESET' }, 'SOURCE_LOST', true],
    [{ fatal: true }, 'SOURCE_LOST', true],
    [{ errno: 1053 }, 'SOURCE_LOST', true],
    [{ errno: 1927, code: 'ER_A_WRONG_NAME' }, 'SOURCE_LOST', true],
    [{ errno: 4031 }, 'SOURCE_LOST', true],
    [{ errno: 1213 }, 'SOURCE_QUERY_FAILED', true],
    [{ errno: 1205 }, 'SOURCE_QUERY_FAILED', true],
    [{ errno: 1317 }, 'SOURCE_QUERY_FAILED', true],
    [{ errno: 1969 }, 'SOURCE_QUERY_FAILED', true],
    [{ errno: 1040 }, 'SOURCE_QUERY_FAILED', true],
    [{ errno: 1045 }, 'SOURCE_ACCESS_DENIED', false],
    [{ errno: 1142 }, 'SOURCE_ACCESS_DENIED', false],
    [{ errno: 1227 }, 'SOURCE_ACCESS_DENIED', false],
    [{ code: 'AUTH_SWITCH_PLUGIN_ERROR', fatal: true }, 'SOURCE_ACCESS_DENIED', false],
    [{ errno: 1049 }, 'SOURCE_DATABASE_MISSING', false],
    [{ errno: 1146 }, 'SOURCE_TABLE_CHANGED', false],
    [{ errno: 1054 }, 'SOURCE_TABLE_CHANGED', false],
    [{ errno: 1194 }, 'SOURCE_QUERY_FAILED', false],
    [{ errno: 1064 }, 'SOURCE_QUERY_FAILED', false],
    [{ code: 'HANDSHAKE_NO_SSL_SUPPORT', fatal: true }, 'SOURCE_TLS', false],
    [{ code: 'HANDSHAKE_SSL_ERROR', fatal: true }, 'SOURCE_TLS', false],
    [{ errno: 3159 }, 'SOURCE_TLS', false],
    [{}, 'UNEXPECTED', false],
  ])('%j is %s, transient: %s', (fields, code, transient) => {
    const error = classifySourceError(driverError(fields), context);
    expect({ code: error.code, transient: error.transient }).toEqual({ code, transient });
  });

  test.each([
    ["Hostname/IP does not match certificate's altnames: IP: 10.0.0.9", /another host name/],
    ['self-signed certificate in certificate chain', /authority that is not trusted/],
    ['certificate signature failure', /authority that is not trusted/],
    ['unable to verify the first certificate', /authority that is not trusted/],
    ['certificate has expired', /out of date/],
    ['SSL routines:ssl_choose_client_version:unsupported protocol', /no TLS version/],
  ])('the TLS failure "%s" is named', (phrase, message) => {
    const error = classifySourceError(
      driverError({ code: 'HANDSHAKE_SSL_ERROR', fatal: true }, phrase),
      context,
    );
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('10.0.0.9');
  });

  test('a server that goes away during the TLS handshake may be back later', () => {
    const phrase = 'Client network socket disconnected before secure TLS connection was established';
    const error = classifySourceError(
      driverError({ code: 'HANDSHAKE_SSL_ERROR', fatal: true }, phrase),
      context,
    );
    expect(error).toMatchObject({ code: 'SOURCE_TLS', transient: true });
  });
});

test('[invariant 9] nothing of what the driver says goes on, whatever the error', () => {
  for (let errno = 1000; errno < 5000; errno++) {
    const error = classifySourceError(driverError({ errno, code: CANARY, sqlState: CANARY }), context);
    const visible = [error.message, error.fix, error.stack, JSON.stringify(error.where), String(error.cause)];
    expect(visible.join('\n')).not.toContain('CANARY');
  }
  for (const other of [
    CANARY,
    { message: CANARY },
    null,
    undefined,
    new TypeError(CANARY),
    driverError({ code: CANARY }),
  ]) {
    const error = classifySourceError(other, context);
    expect([error.message, error.fix, error.stack, JSON.stringify(error.where)].join('\n')).not.toContain(
      'CANARY',
    );
  }
});

test('an error of ours passes through as it is', () => {
  const ours = new TransfuseError('INTERRUPTED', 'Stopped by a signal.');
  expect(classifySourceError(ours, context)).toBe(ours);
});

test('a missing privilege comes with its GRANT', () => {
  const account = "'reader'@'%'";
  expect(classifySourceError(driverError({ errno: 1142 }), { ...context, account }).fix).toBe(
    "At the source:\nGRANT SELECT ON `clinic`.* TO 'reader'@'%';",
  );
  const error = classifySourceError(driverError({ errno: 1227 }), {
    ...context,
    account,
    privilege: 'BINLOG MONITOR',
  });
  expect(error.fix).toBe("At the source:\nGRANT BINLOG MONITOR ON *.* TO 'reader'@'%';");
});
