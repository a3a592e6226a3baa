import { describe, expect, test } from 'vitest';
import { classifyDumpError } from '../../cdc/dump-errors.ts';

const classify = (error: unknown) =>
  classifyDumpError(error, { host: 'h', port: 3306 }, { file: 'b.000007', offset: '99' });

describe('why a dump ended', () => {
  test.each([
    ['Could not find first log file name in binary log index file', 'CDC_POSITION_PURGED'],
    [
      'Cannot replicate because the source purged required binary logs. Replicate the missing…',
      'CDC_POSITION_PURGED',
    ],
    [
      'The slave is connecting using … but the master has purged binary logs containing GTIDs…',
      'CDC_POSITION_PURGED',
    ],
    [
      'Could not find GTID state requested by slave in any binlog files. Probably … files have been purged.',
      'CDC_POSITION_PURGED',
    ],
    ["Replica has more GTIDs than the source has, using the source's SERVER_UUID.", 'CDC_POSITION_INVALID'],
    [
      "Error: connecting slave requested to start from GTID 0-1-9, which is not in the master's binlog",
      'CDC_POSITION_INVALID',
    ],
    ['Client requested source to start replication from position > file size', 'CDC_POSITION_INVALID'],
    ['Client requested master to start replication from impossible position', 'CDC_POSITION_INVALID'],
    ['A replica with the same server_uuid/server_id as this replica has connected', 'CDC_SERVER_ID_TAKEN'],
    ['A slave with the same server_uuid/server_id is already connected', 'CDC_SERVER_ID_TAKEN'],
    ['Binary log is not open', 'CDC_BINLOG_OFF'],
    ['bogus data in log event', 'CDC_BINLOG_CORRUPT'],
    ['event read from binlog did not pass crc check', 'CDC_BINLOG_CORRUPT'],
    ['log event entry exceeded max_allowed_packet', 'CDC_BINLOG_CORRUPT'],
  ])('%s', (message, code) => {
    const error = classify({ errno: 1236, code: 'ER_WHATEVER', message });
    expect(error).toMatchObject({ code, transient: false, where: { file: 'b.000007', offset: '99' } });
    expect(error.message).toContain('b.000007:99');
  });

  test('faults that may pass are transient', () => {
    expect(classify({ errno: 1236, message: 'memory allocation failed reading log event' }).transient).toBe(
      true,
    );
    expect(classify({ code: 'PROTOCOL_CONNECTION_LOST' })).toMatchObject({
      code: 'SOURCE_LOST',
      transient: true,
    });
    expect(classify({ errno: 1053 }).transient).toBe(true);
  });

  test('a number beyond the binlog is not explained by its text', () => {
    const error = classify({ errno: 1227, message: 'purged' });
    expect(error).toMatchObject({ code: 'SOURCE_ACCESS_DENIED', transient: false });
    expect(error.fix).toContain('grant REPLICATION SLAVE');
  });

  test('[invariant 6] what is not known ends the stream', () => {
    expect(classify({ errno: 1236, message: 'something new' }).transient).toBe(false);
    expect(classify(new Error('what?'))).toMatchObject({ code: 'UNEXPECTED', transient: false });
  });

  test("[invariant 9] the server's text goes no further", () => {
    expect(classify({ errno: 1236, message: 'purged CANARY' }).message).not.toContain('CANARY');
  });
});
