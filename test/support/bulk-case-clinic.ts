/**
 * A small clinic with a bit of everything that a load has to take apart and put together again: about 30 chunks at
 * `CLINIC_CHANGES`, and rows that the target must refuse.
 */
import type { Changes } from './bulk-case.ts';

export const CLINIC_CHANGES: Changes = {
  CHUNK_ROWS: '150',
  BATCH_SIZE: '40',
  // Two lanes in the main thread, one in a worker.
  JOBS: '3',
  MAX_REJECTS: '1000',
  RETRY_TIMEOUT_SECONDS: '30',
};

const PATIENTS = 1500;
const LETTERS = 900;

/** Of `letters`: every 30th has a NUL byte (the target refuses it), every 70th an enum error value (the encoder does). */
export const isBadLetter = (id: number) => id % 30 === 0 || id % 70 === 0;

/** How many rows cannot be loaded. */
export const CLINIC_REJECTS = Array.from({ length: LETTERS }, (_, at) => at + 1).filter(isBadLetter).length;

export const CLINIC: readonly string[] = [
  `CREATE TABLE clinics (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(80) NOT NULL, head_patient_id INT NULL,
     UNIQUE KEY clinic_name (name)) COMMENT 'Where patients go'`,
  `CREATE TABLE patients (id INT AUTO_INCREMENT PRIMARY KEY, clinic_id INT NOT NULL, mrn CHAR(12) NOT NULL,
     name VARCHAR(100) NOT NULL COMMENT 'as written', born DATE NULL, sex ENUM('m','f','x') NULL,
     flags SET('vip','deaf','blind') NOT NULL, weight DECIMAL(6,2) NULL, active TINYINT(1) NOT NULL DEFAULT 1,
     photo VARBINARY(64) NULL, seen_at DATETIME(3) NULL,
     updated_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
     UNIQUE KEY mrn (mrn), KEY name (name(20)), KEY clinic_born (clinic_id, born),
     CONSTRAINT patient_clinic FOREIGN KEY (clinic_id) REFERENCES clinics (id))`,
  `ALTER TABLE clinics ADD CONSTRAINT clinic_head FOREIGN KEY (head_patient_id) REFERENCES patients (id) ON DELETE SET NULL`,
  `CREATE TABLE visits (patient_id INT NOT NULL, visit_no SMALLINT UNSIGNED NOT NULL, starts_at DATETIME NOT NULL,
     lasted TIME(2) NULL, fee DECIMAL(12,4) NULL, score FLOAT NULL, ratio DOUBLE NULL, big BIGINT UNSIGNED NULL, note TEXT NULL,
     PRIMARY KEY (patient_id, visit_no), KEY starts (starts_at),
     CONSTRAINT visit_patient FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE CASCADE)`,
  `CREATE TABLE letters (id BIGINT AUTO_INCREMENT PRIMARY KEY, kind ENUM('in','out') NOT NULL, body MEDIUMTEXT NOT NULL, meta JSON NULL)`,
  `CREATE TABLE codes (code VARCHAR(20) NOT NULL PRIMARY KEY, bits BIT(9) NULL, \`order\` INT NULL, doc LONGBLOB NULL)`,
  `CREATE TABLE log_lines (at_time DATETIME NULL, line VARCHAR(200) NULL)`,
  `CREATE TABLE nothing_here (id INT PRIMARY KEY, t TEXT)`,
  ...inserts('clinics', 12, (id) => [id, `Clinic ${id} “north”`, id % 3 === 0 ? null : id * 7]),
  ...inserts('patients', PATIENTS, (id) => [
    id,
    (id % 12) + 1,
    `MRN${id}`,
    ['Åsa Öberg', "Conor O'Neil", '山田太郎', 'Zoë\tTab\\Slash', 'Ивановa 🏥'][id % 5]! + id,
    id % 11 === 0 ? '0000-00-00' : `19${pad(id % 100)}-${pad((id % 12) + 1)}-${pad((id % 28) + 1)}`,
    id % 9 === 0 ? null : ['m', 'f', 'x'][id % 3]!,
    ['', 'vip', 'vip,blind', 'deaf'][id % 4]!,
    id % 13 === 0 ? null : ((id % 900) + 0.05).toFixed(2),
    id % 2,
    id % 5 === 0
      ? null
      : raw(`${(id % 256).toString(16).padStart(2, '0')}ff00${id.toString(16).padStart(6, '0')}`),
    `2019-${pad((id % 12) + 1)}-${pad((id % 28) + 1)} ${pad(id % 24)}:30:00.${String(id % 1000).padStart(3, '0')}`,
    `2020-01-01 00:00:00.${String(id).padStart(6, '0')}`,
  ]),
  ...inserts('visits', PATIENTS, (n) => [
    Math.ceil(n / 3),
    n % 3,
    `2021-05-${pad((n % 28) + 1)} 0${n % 10}:15:00`,
    n % 7 === 0 ? null : `${n % 2 ? '-' : ''}${n % 838}:59:0${n % 10}.25`,
    (n * 1.0625).toFixed(4),
    (n / 3).toFixed(3),
    n / 7,
    n % 5 === 0 ? '18446744073709551615' : n,
    n % 4 === 0 ? null : `line\n${'é'.repeat(n % 300)}`,
  ]),
  ...inserts('letters', LETTERS, (id) => [
    id,
    id % 70 === 0 ? 'lost' : 'in',
    `${'dear '.repeat(id % 200)}${id % 30 === 0 ? '\0' : ''}`,
    id % 6 === 0 ? null : JSON.stringify({ n: id, text: 'a "quoted" ü', list: [1.5, null, true] }),
  ]),
  ...inserts('codes', 450, (n) => [
    `c-${(n * 7919).toString(36)}`,
    n % 3 === 0 ? null : n % 512,
    -n,
    raw(n.toString(16).padStart(2 * ((n % 90) + 2), '0')),
  ]),
  ...inserts('log_lines', 300, (n) => [
    n % 4 === 0 ? null : '2020-02-02 02:02:02',
    n % 10 === 0 ? null : `line ${n % 20}`,
  ]),
  'ANALYZE TABLE clinics, patients, visits, letters, codes, log_lines, nothing_here',
];

/** What operators add to a target by hand, and expect to find again. */
export const HAND_MADE: readonly string[] = [
  `CREATE INDEX patients_lower_name ON patients (lower(name)) WHERE active = 1`,
  `COMMENT ON INDEX patients_lower_name IS 'for the search, don''t drop'`,
  `ALTER TABLE visits ADD CONSTRAINT visits_start_key UNIQUE (patient_id, visit_no, starts_at) DEFERRABLE INITIALLY DEFERRED`,
  `COMMENT ON CONSTRAINT visits_start_key ON visits IS 'deferred'`,
  `ALTER TABLE codes ADD CONSTRAINT codes_apart EXCLUDE USING gist (int4range("order", "order", '[]') WITH &&)`,
  `ALTER TABLE codes ADD COLUMN self varchar(20) GENERATED ALWAYS AS (code) STORED`,
  `ALTER TABLE letters ADD CONSTRAINT letters_patient FOREIGN KEY (id) REFERENCES letters (id) NOT VALID`,
  `CREATE FUNCTION no_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`,
  `CREATE TRIGGER idle BEFORE INSERT ON letters FOR EACH ROW EXECUTE FUNCTION no_change()`,
  `ALTER TABLE letters DISABLE TRIGGER idle`,
  `CREATE TRIGGER busy BEFORE INSERT ON codes FOR EACH ROW EXECUTE FUNCTION no_change()`,
];

function raw(hex: string): { raw: string } {
  return { raw: `X'${hex}'` };
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

type SqlValue = string | number | null | { raw: string };

/** Rows 1 to `count`, some hundreds in a statement. */
export function inserts(
  table: string,
  count: number,
  row: (n: number) => SqlValue[],
  rowsPerStatement = 500,
): string[] {
  const statements: string[] = [];
  for (let first = 1; first <= count; first += rowsPerStatement) {
    const size = Math.min(rowsPerStatement, count - first + 1);
    const rows = Array.from(
      { length: size },
      (_, at) =>
        `(${row(first + at)
          .map(literal)
          .join(', ')})`,
    );
    statements.push(`INSERT INTO ${table} VALUES ${rows.join(', ')}`);
  }
  return statements;
}

function literal(value: SqlValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'object') return value.raw;
  if (typeof value === 'number') return String(value);
  return `'${value.replace(/[\\']/g, '\\$&').replaceAll('\0', '\\0')}'`;
}
