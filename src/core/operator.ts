import { hostname, userInfo } from 'node:os';

/** Who runs this program, for records: `user@host`. */
export function operator(): string {
  return `${userInfo().username}@${hostname()}`;
}
