/** A place in the source's binlog. The effects of everything before it are in what is read from the source after it was recorded. */
export interface BinlogPosition {
  file: string;
  /** Bytes from the start of the file, as decimal digits. */
  offset: string;
  /** MySQL: the executed GTID set, null where gtid_mode is off. MariaDB: the GTID position of the binlog. */
  gtidSet: string | null;
  /** Tells a failover to another server; null on MariaDB, which has none. */
  serverUuid: string | null;
  /** By the clock of this machine, ISO 8601 in UTC. */
  recordedAt: string;
}
