/** 15 columns and about 230 bytes a row: a table that a clinic writes to all day. Values follow from id and version alone. */
import { date, timeOfDay, type BenchTable, type Value } from '../dataset/bench-table.ts';
import { Random } from '../dataset/random.ts';

const KINDS = ['consultation', 'follow-up', 'surgery', 'emergency', 'télémédecine'];
const STATES = ['planned', 'arrived', 'in-progress', 'finished', 'cancelled'];
const REASONS = [
  'Kopfschmerzen seit drei Tagen',
  'routine check',
  'douleur légère à droite',
  'прививка',
  'refill',
];
const CODES = ['M54.5', 'J06.9', 'I10', 'E11.9', 'Z00.0', 'K21.0'];
const NOTES = [
  'Patient reports mild intermittent headache since last visit; no fever, denies nausea. BP 120/80, stable.',
  'Follow up in two weeks. Prescribed ibuprofen 400 mg as needed; allergies: penicillin.',
  'Wound dry and clean, sutures removed. No signs of infection.',
];

export const ENCOUNTERS: BenchTable = {
  name: 'encounters',
  title: '15 columns, ~230 B a row',
  sourceDdl: `CREATE TABLE encounters (
    id BIGINT NOT NULL PRIMARY KEY,
    patient_id BIGINT NOT NULL,
    provider_id INT NOT NULL,
    facility_id SMALLINT NOT NULL,
    started_at DATETIME NOT NULL,
    ended_at DATETIME NULL,
    kind VARCHAR(20) NOT NULL,
    state ENUM('planned','arrived','in-progress','finished','cancelled') NOT NULL,
    reason VARCHAR(255) NULL,
    diagnosis CHAR(7) NULL,
    amount DECIMAL(10,2) NOT NULL,
    copay DECIMAL(8,2) NULL,
    is_billed TINYINT(1) NOT NULL,
    notes TEXT NULL,
    updated_at TIMESTAMP(6) NOT NULL DEFAULT '2001-01-01 00:00:00'
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
  nativeSelect: 'SELECT *',
  row: (_, id) => encounter(id, 0),
};

export function encounter(id: number, version: number): Value[] {
  const random = new Random(Math.imul(id, 0x9e3779b1) ^ Math.imul(version, 0x85ebca6b));
  return [
    id,
    1 + random.below(100_000),
    1 + random.below(400),
    1 + random.below(12),
    `${date(random, 2010, 14)} ${timeOfDay(random)}`,
    random.chance(0.2) ? null : `${date(random, 2024, 1)} ${timeOfDay(random)}`,
    random.pick(KINDS),
    random.pick(STATES),
    random.chance(0.2) ? null : random.pick(REASONS),
    random.chance(0.2) ? null : random.pick(CODES),
    (random.next() * 900).toFixed(2),
    random.chance(0.5) ? null : (random.next() * 50).toFixed(2),
    random.chance(0.5) ? 1 : 0,
    random.chance(0.2) ? null : `${random.pick(NOTES)} ${random.hex(16)}`,
    `${date(random, 2010, 14)} ${timeOfDay(random)}.${String(random.below(1_000_000)).padStart(6, '0')}`,
  ];
}
