/** Uploads of large objects that are under way: another process can go on with one, for as long as the store keeps it. */
import type { DatabaseSettings } from '../config/settings.ts';
import { LaneTarget } from '../postgres/lane-target.ts';

/** As long as Cloud Storage keeps a session. */
const KEPT_DAYS = 7;

export const UPLOADS_DDL = `
CREATE TABLE IF NOT EXISTS transfuse.uploads (
  bucket text NOT NULL,
  object_name text NOT NULL,
  session text NOT NULL,
  begun_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (bucket, object_name)
);
COMMENT ON TABLE transfuse.uploads IS 'Uploads of large objects under way, for whoever goes on with them';
COMMENT ON COLUMN transfuse.uploads.session IS 'Its address, which is the permission to finish it';
`;

/** Over a connection of its own, since what a transaction of rows notes is there only when it commits. Opened when it is needed first. */
export class KeptUploads {
  readonly #target: LaneTarget;
  readonly #bucket: string;

  constructor(settings: DatabaseSettings, bucket: string, signal: AbortSignal) {
    this.#target = new LaneTarget(settings, 'transfuse uploads', signal);
    this.#bucket = bucket;
  }

  /** The session in which the object was being uploaded; null where there is none. Throws TARGET_*. */
  async find(object: string): Promise<string | null> {
    const rows = await this.#query<{ session: string }>(
      `SELECT session FROM transfuse.uploads WHERE bucket = $1 AND object_name = $2
       AND begun_at > now() - interval '${KEPT_DAYS} days'`,
      [this.#bucket, object],
    );
    return rows[0]?.session ?? null;
  }

  /** To be called before the first byte goes. Throws TARGET_*. */
  async keep(object: string, session: string): Promise<void> {
    await this.#query(
      `INSERT INTO transfuse.uploads (bucket, object_name, session) VALUES ($1, $2, $3)
       ON CONFLICT (bucket, object_name) DO UPDATE SET session = excluded.session, begun_at = now()`,
      [this.#bucket, object, session],
    );
    await this.#query(
      `DELETE FROM transfuse.uploads WHERE begun_at < now() - interval '${KEPT_DAYS} days'`,
      [],
    );
  }

  /** It is finished, or cannot be. Throws TARGET_*. */
  async forget(object: string): Promise<void> {
    await this.#query('DELETE FROM transfuse.uploads WHERE bucket = $1 AND object_name = $2', [
      this.#bucket,
      object,
    ]);
  }

  async close(): Promise<void> {
    await this.#target.close();
  }

  async #query<Row extends object>(sql: string, values: unknown[]): Promise<Row[]> {
    return (await (await this.#target.connected()).query<Row>(sql, values)).rows;
  }
}
