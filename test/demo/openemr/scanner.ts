/** The files of the practice, and the one who scans, corrects, refiles and shreds while it is open. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql, { type RowDataPacket } from 'mysql2/promise';
import { OPENEMR_SESSION } from '../../support/openemr/generate.ts';
import { paperFile, paperHash, sealedPaper } from '../../support/openemr/paper-file.ts';
import { Random } from '../clinic/random.ts';
import { OPENEMR_VERSION } from './settings.ts';

const SITE_DIRECTORY = 'file:///var/www/openemr/sites/default/documents';
/** Apart from all other ids of the practice. */
const FIRST_ID = 60_000_000;
const INTERVAL_MS = 150;
const COLUMNS = 'id, url, size, hash, encrypted';

/** Writes the file of every document whose row was made for one. Returns how many there are. */
export async function plantFiles(connection: mysql.Connection, root: string): Promise<number> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT ${COLUMNS} FROM documents WHERE type = 'file_url' AND hash IS NOT NULL`,
  );
  let planted = 0;
  for (const { id, url, size, hash, encrypted } of rows) {
    const content = paperFile(Number(id), Number(size));
    // Rows that are planted traps have no file, or a path that is to be refused.
    if (hash !== paperHash(content, OPENEMR_VERSION)) continue;
    await write(root, String(url), content, Number(encrypted) === 1);
    planted++;
  }
  return planted;
}

async function write(root: string, url: string, content: Buffer, isSealed: boolean): Promise<void> {
  const file = path.join(root, ...url.split('/').slice(-2));
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, isSealed ? sealedPaper(content, OPENEMR_VERSION) : content);
}

export class Scanner implements AsyncDisposable {
  readonly counts = { scanned: 0, corrected: 0, refiled: 0, shredded: 0 };
  readonly #connection: mysql.Connection;
  readonly #root: string;
  readonly #random = new Random(5);
  readonly #ids: number[] = [];
  readonly #working: Promise<void>;
  #next = FIRST_ID;
  #isOver = false;

  private constructor(connection: mysql.Connection, root: string) {
    this.#connection = connection;
    this.#root = root;
    this.#working = this.#work();
  }

  static async start(options: mysql.ConnectionOptions, root: string): Promise<Scanner> {
    const connection = await mysql.createConnection(options);
    await connection.query(OPENEMR_SESSION);
    return new Scanner(connection, root);
  }

  /** Throws what went wrong meanwhile. */
  async stop(): Promise<Scanner['counts']> {
    this.#isOver = true;
    await this.#working;
    return this.counts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#working.catch(() => undefined);
    this.#connection.destroy();
  }

  async #work(): Promise<void> {
    while (!this.#isOver) {
      const chance = this.#random.below(100);
      if (chance < 60 || this.#ids.length === 0) await this.#scan();
      else if (chance < 75) await this.#correct();
      else if (chance < 90) await this.#refile();
      else await this.#shred();
      await sleep(INTERVAL_MS);
    }
  }

  /** The file first, then the row, as the application does. */
  async #scan(): Promise<void> {
    const id = this.#next++;
    const pid = 1 + this.#random.below(40);
    const file = await this.#file(id, pid);
    await this.#connection.query('INSERT INTO documents SET ?', {
      id,
      type: 'file_url',
      foreign_id: pid,
      name: 'scan.pdf',
      mimetype: 'application/pdf',
      path_depth: 1,
      owner: 1,
      date: '2026-01-14 10:00:00',
      docdate: '2026-01-14',
      ...file,
    });
    this.#ids.push(id);
    this.counts.scanned++;
  }

  async #correct(): Promise<void> {
    const id = this.#random.pick(this.#ids);
    await this.#connection.query('UPDATE documents SET ? WHERE id = ?', [await this.#file(id, 1), id]);
    this.counts.corrected++;
  }

  async #refile(): Promise<void> {
    const pid = 1 + this.#random.below(40);
    await this.#connection.query('UPDATE documents SET foreign_id = ? WHERE id = ?', [
      pid,
      this.#random.pick(this.#ids),
    ]);
    this.counts.refiled++;
  }

  async #shred(): Promise<void> {
    const [id] = this.#ids.splice(this.#random.below(this.#ids.length), 1);
    await this.#connection.query('DELETE FROM documents WHERE id = ?', [id]);
    this.counts.shredded++;
  }

  /** A new file; what the row says of it. */
  async #file(id: number, pid: number): Promise<Record<string, string | number>> {
    const size = this.#random.between(1000, 60_000);
    const content = paperFile(id, size);
    const encrypted = this.#random.below(2);
    const url = `${SITE_DIRECTORY}/${pid}/${this.#random.hex(16)}`;
    await write(this.#root, url, content, encrypted === 1);
    return { url, size, hash: paperHash(content, OPENEMR_VERSION), encrypted };
  }
}
