import { createHash } from 'node:crypto';

/** What the source tells its readers apart by. Two that share one end each other's connections. */
export interface ReplicaIdentity {
  /** 32 bits, not 0; must differ from the server_id of every server and reader of the topology. */
  serverId: number;
  uuid: string;
}

/**
 * The same for the same name (a run's id), so that a reader that starts again replaces the connection it left behind. The
 * server id lies in the upper half of its range, where those that people choose seldom are.
 */
export function replicaIdentity(name: string): ReplicaIdentity {
  const digest = createHash('sha256').update(`transfuse binlog reader ${name}`).digest();
  const hex = digest.toString('hex');
  const uuid = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  // 2³² - 1 stays free: it is what some tools take.
  return { serverId: 2 ** 31 + (digest.readUInt32BE(16) % (2 ** 31 - 1)), uuid: uuid.join('-') };
}
