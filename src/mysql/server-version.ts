export interface SourceServer {
  flavor: 'mysql' | 'mariadb';
  /** As the server says it: `10.11.19-MariaDB-deb12-log`. */
  version: string;
  /** Comparable: 101119 for 10.11.19, 90704 for 9.7.4. */
  versionNumber: number;
}

/** Reads VERSION() and @@version_comment. Percona Server counts as MySQL. */
export function parseServerVersion(version: string, comment: string): SourceServer {
  // Some proxies and old MariaDB put MySQL's 5.5.5- before the real version, for clients that compare numbers.
  const [, major = '0', minor = '0', patch = '0'] =
    /^(?:5\.5\.5-)?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  return {
    flavor: /mariadb/i.test(`${version} ${comment}`) ? 'mariadb' : 'mysql',
    version,
    versionNumber: Number(major) * 10_000 + Number(minor) * 100 + Number(patch),
  };
}
