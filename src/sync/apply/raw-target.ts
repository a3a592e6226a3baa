/** The session as applying sees it: errors come as the server gave them, because which way is taken next depends on them. */
import type { Client, QueryResult } from 'pg';
import type { QueryAnswer } from '../../postgres/connection.ts';

export interface RawTarget {
  readonly client: Client;
  query<Row = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<QueryAnswer<Row>>;
}

export function rawTarget(client: Client): RawTarget {
  return {
    client,
    async query<Row>(sql: string, params?: readonly unknown[]): Promise<QueryAnswer<Row>> {
      const answer = (await client.query(sql, params && [...params])) as QueryResult | QueryResult[];
      const last = Array.isArray(answer) ? answer.at(-1)! : answer;
      return { rows: last.rows as Row[], rowCount: last.rowCount ?? 0 };
    },
  };
}
