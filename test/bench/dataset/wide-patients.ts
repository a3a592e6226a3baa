/** 25 columns and about 400 bytes a row: what a legacy patient table looks like, dirt included. */
import { date, timeOfDay, type BenchTable, type Value } from './bench-table.ts';
import type { Random } from './random.ts';

const FIRST_NAMES = [
  'José',
  'Anna',
  'Zoë',
  'Müller',
  'François',
  'Ivan',
  'Иван',
  'Олена',
  '李雷',
  'さくら',
  'Mary',
  'John',
  'Siân',
  'Łukasz',
  'Patrick',
  'Mohammed',
  'Chloé',
  'Ana María',
  "O'Neil",
  'Renée 😀',
];
const LAST_NAMES = [
  'Smith',
  'García',
  'Nuñez',
  'Kowalski',
  'Østergård',
  'Петров',
  '王',
  '田中',
  'Jones',
  'Brown',
  'Lefèvre',
  'Ågren',
  'Johnson',
  'Williams',
  'Taylor',
  "D'Angelo",
  'Fernández',
  'Novák',
];
const CITIES = [
  'Springfield',
  'Köln',
  'São Paulo',
  'Łódź',
  'Boston',
  'Kraków',
  'Málaga',
  'Austin',
  'Київ',
  'Portland',
  'Montréal',
  'Denver',
];
const STATES = ['CA', 'NY', 'TX', 'WA', 'FL', null, 'MA', 'OR'];
const WORDS = (
  'patient reports mild intermittent headache since last visit; no fever, denies nausea. BP 120/80 stable follow up ' +
  'in two weeks prescribed ibuprofen 400mg as needed allergies: penicillin douleur légère à droite'
).split(' ');
const BREAKS = ['\n', '\t', '\r\n', '\\', '\n\n'];
const LARGEST_EXACT = 9_007_199_254_740_993n;

export const WIDE_PATIENTS: BenchTable = {
  name: 'patients',
  title: 'wide: 25 columns, ~400 B a row',
  sourceDdl: `CREATE TABLE patients (
    id BIGINT NOT NULL PRIMARY KEY,
    pid VARCHAR(36) NOT NULL,
    mrn VARCHAR(20) NOT NULL,
    title ENUM('Mr','Mrs','Ms','Dr') NULL,
    fname VARCHAR(100) NOT NULL,
    mname VARCHAR(100) NULL,
    lname VARCHAR(100) NOT NULL,
    dob DATE NULL,
    sex CHAR(1) NOT NULL,
    ss VARCHAR(20) NULL,
    street VARCHAR(255) NOT NULL,
    city VARCHAR(100) NOT NULL,
    state VARCHAR(50) NULL,
    postal_code VARCHAR(20) NULL,
    country VARCHAR(50) NOT NULL,
    phone VARCHAR(30) NULL,
    email VARCHAR(255) NULL,
    balance DECIMAL(12,2) NOT NULL,
    weight DOUBLE NULL,
    active TINYINT(1) NOT NULL,
    deceased_at DATETIME NULL,
    created_at DATETIME(3) NOT NULL,
    external_no BIGINT NOT NULL,
    notes TEXT NULL,
    extra JSON NULL
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
  nativeSelect: `SELECT id, pid, mrn, title, fname, mname, lname, nullif(dob, '0000-00-00'), sex, ss, street, city, state,
    postal_code, country, phone, email, balance, weight, active, nullif(deceased_at, '0000-00-00 00:00:00'), created_at,
    external_no, replace(notes, '\\r', '') AS notes, extra`,
  row(random, id) {
    return [
      id,
      uuid(random),
      `MRN${String(id * 7).padStart(9, '0')}`,
      random.chance(0.2) ? null : random.pick(['Mr', 'Mrs', 'Ms', 'Dr']),
      random.pick(FIRST_NAMES) + (random.chance(0.05) ? ' ' : ''),
      random.chance(0.6) ? null : random.pick(FIRST_NAMES),
      random.pick(LAST_NAMES),
      birthDate(random),
      random.pick(['M', 'F', 'U']),
      random.chance(0.3) ? null : `${100 + random.below(899)}-${10 + random.below(89)}-${fourDigits(random)}`,
      `${1 + random.below(9999)} ${random.pick(LAST_NAMES)} ${random.pick(['St', 'Ave', 'Straße', 'Blvd'])}`,
      random.pick(CITIES),
      random.pick(STATES),
      random.chance(0.1) ? null : String(10_000 + random.below(89_999)),
      random.pick(['US', 'DE', 'PL', 'BR', 'UA']),
      random.chance(0.2)
        ? null
        : `+1-${200 + random.below(799)}-${100 + random.below(899)}-${fourDigits(random)}`,
      random.chance(0.3) ? null : `user${id}@example${random.below(50)}.org`,
      (random.next() * 10_000 - 500).toFixed(2),
      random.chance(0.3) ? null : String(Math.round((40 + random.next() * 80) * 1000) / 1000),
      random.chance(0.9) ? 1 : 0,
      deathTime(random),
      `${date(random, 2010, 14)} ${timeOfDay(random)}.${String(random.below(1000)).padStart(3, '0')}`,
      String(LARGEST_EXACT + BigInt(id) * 1_000_003n),
      random.chance(0.95) ? notes(random) : null,
      random.chance(0.7) ? extra(random) : null,
    ] satisfies Value[];
  },
};

function fourDigits(random: Random): number {
  return 1000 + random.below(8999);
}

function uuid(random: Random): string {
  return [8, 4, 4, 4, 12].map((digits) => random.hex(digits)).join('-');
}

/** One in twenty is a zero date. */
function birthDate(random: Random): string | null {
  if (random.chance(0.05)) return '0000-00-00';
  return random.chance(0.02) ? null : date(random, 1920, 104);
}

function deathTime(random: Random): string | null {
  if (random.chance(0.9)) return null;
  return random.chance(0.3) ? '0000-00-00 00:00:00' : `${date(random, 2000, 24)} ${timeOfDay(random)}`;
}

/** Free text of 120 to 240 bytes, with line breaks, tabs and backslashes. */
function notes(random: Random): string {
  const length = 120 + random.below(110);
  let text = '';
  while (text.length < length) text += random.pick(WORDS) + (random.chance(0.08) ? random.pick(BREAKS) : ' ');
  return text;
}

function extra(random: Random): string {
  return JSON.stringify({
    src: random.pick(['web', 'import', 'kiosk']),
    consent: random.chance(0.5),
    tags: ['a', 'b\n"q"'].slice(0, random.below(3)),
    n: random.below(1000),
  });
}
