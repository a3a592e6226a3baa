/** Documents, and the log of who looked at what. */
import { createHash } from 'node:crypto';
import type { AddRow, Counters } from './rows.ts';
import { isPlanted } from './planted.ts';
import type { Random } from './random.ts';
import { clock, day, text, twoDigits } from './sql-values.ts';

const TITLES = ['Lab report', 'Überweisung', 'X-ray left 🦴', 'Lettre d’adressage', 'scan\\0001.pdf'];
const METADATA = [null, '{"pages": 2}', '{"pages": 1, "tags": ["a", "b"], "by": "Dr. Ö"}', '{"pages": 1e2}'];
const USERS = ['reception', 'dr.mueller', 'billing', 'système'];
const ACTIONS = ['view', 'view', 'edit', 'print', 'LOGIN'];
const DETAILS = [null, '', 'name: Müller → Mueller', 'old="a\\b" new=\'c\'', '  two blanks', '✔'];
const MAX_DOCUMENT_BYTES = 1500;

export function addRecords(add: AddRow, pid: number, random: Random, counters: Counters): void {
  if (isPlanted('nullByteInJson', pid)) addDocument(add, pid, '{"scanner": "A\\u0000B"}', random, counters);
  else if (random.percent(20)) addDocument(add, pid, random.pick(METADATA), random, counters);
  if (isPlanted('nullByte', pid)) addEntry(add, pid, 'cut off\0here', random);
  for (let entry = random.between(1, 2); entry > 0; entry--) addEntry(add, pid, random.pick(DETAILS), random);
}

function addDocument(
  add: AddRow,
  pid: number,
  metadata: string | null,
  random: Random,
  counters: Counters,
): void {
  const content = random.hex(random.below(MAX_DOCUMENT_BYTES));
  const checksum = createHash('sha1').update(content, 'hex').digest('hex');
  const values = [
    pid,
    text(random.pick(TITLES)),
    text(random.pick(['application/pdf', 'image/jpeg', ''])),
    `x'${content}'`,
    `x'${checksum}'`,
    text(metadata),
    `b'${random.below(2)}'`,
  ];
  add('documents', `${++counters.documents},${values.join(',')}`);
}

function addEntry(add: AddRow, pid: number, detail: string | null, random: Random): void {
  const at = `${day(random.below(7800)).slice(0, 10)} ${clock(random.below(1440)).slice(0, 6)}${twoDigits(random.below(60))}`;
  add(
    'audit_log',
    `${text(at)},${text(random.pick(USERS))},${text(random.pick(ACTIONS))},${pid},${text(detail)}`,
  );
}
