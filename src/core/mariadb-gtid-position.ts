/**
 * A MariaDB GTID position: the last transaction of each replication domain, `0-1-1234,5-2-77`. Within a domain MariaDB
 * numbers transactions upwards, so that a position covers all numbers up to its own.
 */
import { TransfuseError } from './errors.ts';

interface DomainEnd {
  serverId: string;
  sequence: bigint;
}

const MAX_ID = 2n ** 32n - 1n;
const MAX_SEQUENCE = 2n ** 64n - 1n;

export class MariadbGtidPosition {
  readonly dialect = 'mariadb';
  readonly #domains = new Map<string, DomainEnd>();
  /** `domain-server-` of what was added last, and that domain's end: nearly every transaction is the next one of both. */
  #lastPrefix = '';
  #lastEnd: DomainEnd | null = null;

  /** What @@gtid_binlog_pos holds; '' is the beginning. Throws CDC_POSITION_INVALID, also where a domain stands twice. */
  static parse(text: string): MariadbGtidPosition {
    const position = new MariadbGtidPosition();
    for (const gtid of text.replaceAll(/\s/g, '').split(',')) {
      if (gtid === '') continue;
      const [domain, end] = splitGtid(gtid);
      if (position.#domains.has(domain)) throw invalid();
      position.#domains.set(domain, end);
    }
    return position;
  }

  get isEmpty(): boolean {
    return this.#domains.size === 0;
  }

  /** `gtid`, as in `0-1-1234`, is what comes next in its domain. Throws CDC_POSITION_INVALID. */
  add(gtid: string): void {
    const at = gtid.lastIndexOf('-') + 1;
    if (this.#lastEnd && at === this.#lastPrefix.length && gtid.startsWith(this.#lastPrefix)) {
      this.#lastEnd.sequence = parseSequence(gtid.slice(at));
      return;
    }
    const [domain, end] = splitGtid(gtid);
    this.#domains.set(domain, end);
    this.#lastPrefix = gtid.slice(0, at);
    this.#lastEnd = end;
  }

  contains(gtid: string): boolean {
    const [domain, { sequence }] = splitGtid(gtid);
    return this.#covers(domain, sequence);
  }

  isSubsetOf(other: MariadbGtidPosition): boolean {
    return [...this.#domains].every(([domain, { sequence }]) => other.#covers(domain, sequence));
  }

  equals(other: MariadbGtidPosition): boolean {
    return this.toString() === other.toString();
  }

  /** A new position: of each domain the later end. */
  union(other: MariadbGtidPosition): MariadbGtidPosition {
    const both = new MariadbGtidPosition();
    for (const position of [this, other]) {
      for (const [domain, end] of position.#domains) {
        if (!both.#covers(domain, end.sequence)) both.#domains.set(domain, { ...end });
      }
    }
    return both;
  }

  /** Domains in ascending order. */
  toString(): string {
    return [...this.#domains]
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([domain, { serverId, sequence }]) => `${domain}-${serverId}-${sequence}`)
      .join(',');
  }

  #covers(domain: string, sequence: bigint): boolean {
    const end = this.#domains.get(domain);
    return end !== undefined && sequence <= end.sequence;
  }
}

function parseSequence(digits: string): bigint {
  if (!/^\d{1,20}$/.test(digits)) throw invalid();
  const sequence = BigInt(digits);
  if (sequence > MAX_SEQUENCE) throw invalid();
  return sequence;
}

function splitGtid(gtid: string): [domain: string, end: DomainEnd] {
  const parts = /^(\d{1,10})-(\d{1,10})-(\d+)$/.exec(gtid);
  if (!parts) throw invalid();
  const [domain, server] = [BigInt(parts[1]!), BigInt(parts[2]!)];
  if (domain > MAX_ID || server > MAX_ID) throw invalid();
  return [String(domain), { serverId: String(server), sequence: parseSequence(parts[3]!) }];
}

function invalid(): TransfuseError {
  return new TransfuseError('CDC_POSITION_INVALID', 'A text that should be a MariaDB GTID position is none.');
}
