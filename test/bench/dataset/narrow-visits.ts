/** 7 columns and about 60 bytes a row: where the cost of a row outweighs that of its bytes. */
import { date, timeOfDay, type BenchTable, type Value } from './bench-table.ts';

const KINDS = ['consultation', 'follow-up', 'surgery', 'emergency', 'télémédecine'];

export const NARROW_VISITS: BenchTable = {
  name: 'visits',
  title: 'narrow: 7 columns, ~60 B a row',
  sourceDdl: `CREATE TABLE visits (
    id BIGINT NOT NULL PRIMARY KEY,
    patient_id BIGINT NOT NULL,
    started_at DATETIME NOT NULL,
    kind VARCHAR(20) NOT NULL,
    amount DECIMAL(10,2) NOT NULL,
    room INT NULL,
    note VARCHAR(50) NULL
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
  nativeSelect: 'SELECT id, patient_id, started_at, kind, amount, room, note',
  row(random, id) {
    return [
      id,
      1 + random.below(100_000),
      `${date(random, 2010, 14)} ${timeOfDay(random)}`,
      random.pick(KINDS),
      (random.next() * 900).toFixed(2),
      random.chance(0.3) ? null : random.below(500),
      random.chance(0.7) ? null : `ref ${random.hex(8)}`,
    ] satisfies Value[];
  },
};
