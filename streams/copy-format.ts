/** The frame of PostgreSQL's binary COPY: https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-BINARY-FORMAT */
export const COPY_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
export const COPY_TRAILER = Buffer.from([0xff, 0xff]);
