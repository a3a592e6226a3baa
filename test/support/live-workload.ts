/**
 * Seeded random changes of all kinds on a small clinic, on several connections at once: inserts, updates, deletes, changed keys,
 * swapped unique values, REPLACE, many rows in one statement, rollbacks, TRUNCATE, and rows that foreign keys take along.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type mysql from 'mysql2/promise';
import type { DatabaseAddress } from './database-address.ts';
import { openSourceSession } from './database-sessions.ts';
import { randomNumbers, type Random } from './random.ts';

export const LIVE_TABLES = [
  `CREATE TABLE patients (
     id BIGINT AUTO_INCREMENT PRIMARY KEY, mrn VARCHAR(20) NOT NULL UNIQUE, name VARCHAR(60) CHARACTER SET latin1,
     born DATE, balance DECIMAL(12,2) NOT NULL DEFAULT 0, weight DOUBLE, flags SET('a','b','c'), sex ENUM('f','m','x'),
     notes TEXT, extra JSON, photo BLOB, seen DATETIME(3), version INT NOT NULL DEFAULT 0)`,
  `CREATE TABLE visits (
     id BIGINT AUTO_INCREMENT PRIMARY KEY, patient_id BIGINT NOT NULL, parent_id BIGINT, starts TIMESTAMP(6) NULL, room CHAR(4),
     minutes TIME(2), score FLOAT, KEY (parent_id),
     FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE CASCADE ON UPDATE CASCADE,
     FOREIGN KEY (parent_id) REFERENCES visits (id) ON DELETE SET NULL)`,
  `CREATE TABLE slots (doctor VARCHAR(10) NOT NULL, day DATE NOT NULL, place INT NOT NULL, taken_by VARCHAR(20),
     PRIMARY KEY (doctor, day), UNIQUE KEY one_place (day, place))`,
  `CREATE TABLE scratch (id INT PRIMARY KEY, v VARCHAR(30))`,
] as const;

export interface LiveWorkload {
  /** Statements that were committed so far. */
  readonly statements: number;
  /** Ends it at a whole transaction, and rejects with what went wrong, if anything did. */
  stop(): Promise<void>;
}

const MAY_FAIL = new Set([
  'ER_DUP_ENTRY',
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_NO_REFERENCED_ROW_2',
  'ER_CHECKREAD',
  'ER_ROW_IS_REFERENCED_2',
  // A definition that the end of another connection has left half way.
  'ER_DUP_KEYNAME',
  'ER_CANT_DROP_FIELD_OR_KEY',
  'ER_NO_SUCH_TABLE',
]);
const PATIENTS = 400;
const RECONNECT_PAUSE_MS = 100;

/** Puts rows into the tables, which must be there. */
export async function fillLive(address: DatabaseAddress, seed: number): Promise<void> {
  const session = await openSourceSession(address);
  const next = randomNumbers(seed);
  try {
    await session.query("SET SESSION sql_mode = ''");
    await session.query('BEGIN');
    for (let i = 0; i < PATIENTS; i++) await session.query(insertPatient(next));
    for (let i = 0; i < PATIENTS; i++) await tryOne(session, insertVisit(next));
    for (let i = 0; i < 60; i++) await tryOne(session, insertSlot(next));
    for (let i = 0; i < 50; i++) await tryOne(session, `INSERT INTO scratch VALUES (${i}, 'v${next(1000)}')`);
    await session.query('COMMIT');
  } finally {
    session.destroy();
  }
}

interface LiveOptions {
  seed: number;
  connections: number;
  /** Most that is waited between two transactions. */
  pauseMs: number;
  /** One statement, or several that belong together. Default: what is described above. */
  change?: (next: Random) => string;
  /** What else is done now and then, outside of transactions: definitions. Default: TRUNCATE. */
  upkeep?: (next: Random) => string;
  /** Whether a connection that is lost is opened again, for ever; otherwise it is an error. */
  reconnects?: boolean;
}

interface LiveState {
  statements: number;
  isStopping: boolean;
}

/** Begins at once, on `connections` connections. */
export function startLive(address: DatabaseAddress, options: LiveOptions): LiveWorkload {
  const state: LiveState = { statements: 0, isStopping: false };
  const workers = Array.from({ length: options.connections }, (_, index) =>
    work(address, randomNumbers(options.seed + 7919 * index), options, state),
  );
  const all = Promise.all(workers);
  all.catch(() => undefined);
  return {
    get statements() {
      return state.statements;
    },
    async stop() {
      state.isStopping = true;
      await all;
    },
  };
}

async function work(
  address: DatabaseAddress,
  next: Random,
  options: LiveOptions,
  state: LiveState,
): Promise<void> {
  while (!state.isStopping) {
    try {
      await workOnOneConnection(address, next, options, state);
    } catch (error) {
      if (!options.reconnects || !isLoss(error)) throw error;
      await sleep(RECONNECT_PAUSE_MS);
    }
  }
}

async function workOnOneConnection(
  address: DatabaseAddress,
  next: Random,
  { pauseMs, change = anyChange, upkeep = () => 'TRUNCATE TABLE scratch' }: LiveOptions,
  state: LiveState,
): Promise<void> {
  const session = await openSourceSession(address);
  try {
    await session.query("SET SESSION innodb_lock_wait_timeout = 2, sql_mode = ''");
    while (!state.isStopping) {
      const statements = Array.from({ length: next(4) === 0 ? 1 + next(8) : 1 }, () => change(next));
      await session.query('BEGIN');
      let isSound = true;
      for (const sql of statements) isSound = isSound && (await tryOne(session, sql));
      // A deadlock has rolled it back already.
      await session.query(isSound && next(12) > 0 ? 'COMMIT' : 'ROLLBACK');
      state.statements += statements.length;
      if (next(150) === 0) await tryOne(session, upkeep(next));
      await sleep(next(pauseMs + 1));
    }
  } finally {
    session.destroy();
  }
}

/** The server is gone, going, or coming. */
function isLoss(error: unknown): boolean {
  const { code, fatal, errno } = error as { code?: string; fatal?: boolean; errno?: number };
  return fatal === true || errno === 1053 || errno === 1927 || /^(ECONN|EPIPE|PROTOCOL_)/.test(code ?? '');
}

async function tryOne(session: mysql.Connection, sql: string): Promise<boolean> {
  try {
    await session.query(sql);
    return true;
  } catch (error) {
    const { code, errno, message } = error as { code?: string; errno?: number; message: string };
    // A number that the driver has no name for yet.
    if (/cascade delete\/update exceeds/.test(message)) return false;
    // MariaDB: the row was changed meanwhile; the counter is held by another.
    if (errno === 1020 || errno === 1467 || MAY_FAIL.has(code ?? '')) return false;
    throw error;
  }
}

/** One change of any kind. */
export function anyChange(next: Random): string {
  const patient = `(SELECT id FROM (SELECT id FROM patients ORDER BY id LIMIT 1 OFFSET ${next(PATIENTS)}) AS p)`;
  switch (next(18)) {
    case 0:
    case 1:
    case 2:
      return insertPatient(next);
    case 3:
    case 4:
    case 5:
      return `UPDATE patients SET version = version + 1, balance = balance + ${next(10_000)} / 100, notes = ${note(next)}, weight = ${next(1000)} / 7 WHERE id = ${patient}`;
    case 6:
      return `UPDATE patients SET version = version + 1, name = ${name(next)} WHERE id % 17 = ${next(17)}`;
    case 7:
      return `DELETE FROM patients WHERE id = ${patient}`;
    case 8:
      return `UPDATE patients SET id = -1 - ${next(1 << 30)} WHERE id = ${patient}`;
    case 9:
    case 10:
    case 11:
      return insertVisit(next);
    case 12:
      return `UPDATE visits SET score = ${next(10_000)} / 3, room = 'r${next(99)}', parent_id = NULL WHERE id % 13 = ${next(13)}`;
    case 13:
      return `DELETE FROM visits WHERE id % 97 = ${next(97)}`;
    case 14:
      return insertSlot(next);
    case 15: {
      const day = `'2026-01-${String(1 + next(28)).padStart(2, '0')}'`;
      const [one, other] = [next(12), next(12)];
      // Through a free place, since a unique key is checked row by row.
      return `UPDATE slots SET place = 999 WHERE day = ${day} AND place = ${one}; UPDATE slots SET place = ${one} WHERE day = ${day} AND place = ${other}; UPDATE slots SET place = ${other} WHERE day = ${day} AND place = 999`;
    }
    case 16:
      return `REPLACE INTO scratch VALUES (${next(80)}, 'v${next(1000)}')`;
    default:
      return `DELETE FROM slots WHERE place = ${next(12)} AND doctor = 'd${next(9)}'`;
  }
}

function insertPatient(next: Random): string {
  const born = next(20) === 0 ? "'0000-00-00'" : `'19${10 + next(90)}-0${1 + next(9)}-1${next(10)}'`;
  return `INSERT INTO patients (mrn, name, born, balance, weight, flags, sex, notes, extra, photo, seen) VALUES ('m${next(1 << 30)}', ${name(next)}, ${born}, ${next(99_999)} / 100, ${next(2) ? 'NULL' : `${next(100_000)} / 9`}, '${['', 'a', 'a,c', 'a,b,c'][next(4)]}', '${['f', 'm', 'x'][next(3)]}', ${note(next)}, '{"n": ${next(1000)}.50, "k": ["é", null]}', x'00ff${next(255).toString(16).padStart(2, '0')}', '2025-0${1 + next(9)}-11 10:11:12.${next(900) + 100}')`;
}

function insertVisit(next: Random): string {
  const parent =
    next(3) === 0 ? `(SELECT id FROM (SELECT id FROM visits ORDER BY id DESC LIMIT 1) AS v)` : 'NULL';
  return `INSERT INTO visits (patient_id, parent_id, starts, room, minutes, score) SELECT id, ${parent}, '2025-03-0${1 + next(9)} 08:00:00.${next(900_000) + 100_000}', 'r${next(50)}', '${next(2) ? '-' : ''}0${next(9)}:${10 + next(49)}:00.25', ${next(1000)} / 7 FROM patients ORDER BY id LIMIT 1 OFFSET ${next(PATIENTS)}`;
}

function insertSlot(next: Random): string {
  return `REPLACE INTO slots VALUES ('d${next(9)}', '2026-01-${String(1 + next(28)).padStart(2, '0')}', ${next(12)}, 'm${next(1000)}')`;
}

function name(next: Random): string {
  return `'${['Müller', "O\\'Neil", 'Ångström', 'Šmíd', 'x'][next(5)]} ${next(10_000)}'`;
}

function note(next: Random): string {
  return next(9) === 0 ? 'NULL' : `'${'line\\n\\ttab \\\\ 日本 '.repeat(1 + next(6))}${next(1000)}'`;
}
