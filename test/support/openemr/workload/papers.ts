/** Documents, by their rows, and the folders they are filed in. */
import { createHash } from 'node:crypto';
import { day } from '../../../demo/clinic/sql-values.ts';
import type { SourceRow } from '../source-row.ts';
import type { Desk, Shares } from './desk.ts';
import { someDate, someNumber, someReference, someText } from './dirt.ts';
import { deleteDocuments } from './whole-patients.ts';

const DIRECTORY = 'file:///var/www/openemr/sites/default/documents';
const NAMES = ['lab report.pdf', 'Überweisung.pdf', 'scan_0001.tif', '../../etc/passwd'];

export const paperActs: Shares = [
  [6, file],
  [6, changeDocument],
  [3, refile],
  [2, remove],
  [1, purge],
  [2, addFolder],
  [2, changeFolder],
  [1, removeFolder],
];

function file(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const id = ids.next('documents');
  const pid = random.percent(5) ? 0 : desk.patient();
  const digest = createHash('md5').update(`invented file ${id}`).digest();
  const row = {
    id,
    type: random.pick(['file_url', 'file_url', 'file_url', 'web_url', 'blob', '']),
    size: random.between(1000, 90_000),
    date: desk.now(),
    url: `${DIRECTORY}/${pid}/${digest.toString('hex')}`,
    mimetype: random.pick(['application/pdf', 'image/tiff', 'text/x-unheard-of', '']),
    owner: 1,
    foreign_id: pid,
    docdate: someDate(random, desk.today),
    hash: random.percent(90) ? digest.toString('hex') : '',
    list_id: 0,
    name: someText(random, NAMES),
    drive_uuid: digest,
    storagemethod: Number(random.percent(5)),
    path_depth: random.pick([1, 1, 2]),
    imported: 0,
    encounter_id: random.percent(30) ? desk.visit().encounter : 0,
    audit_master_approval_status: 1,
    encrypted: random.below(2),
    deleted: 0,
  };
  const filed = random.percent(90) ? fileUnder(desk, id) : [];
  return [...sql.insert('documents', row), ...filed];
}

function fileUnder(desk: Desk, document_id: number): string[] {
  const category_id = folder(desk);
  return desk.sql.insertUnlessTaken('categories_to_documents', { category_id, document_id });
}

function folder({ ids, random, site }: Desk): number {
  const id = random.percent(80) ? random.pick(site.documentCategories) : ids.known('categories');
  return someReference(random, id);
}

function changeDocument(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const id = ids.known('documents');
  const changes = random.pick<SourceRow>([
    { name: someText(random, NAMES), docdate: someDate(random, desk.today) },
    { foreign_id: random.percent(10) ? 0 : desk.patient() },
    { encounter_id: desk.visit().encounter, list_id: someReference(random, ids.known('lists')) },
    { encrypted: random.below(2), hash: random.pick(['', null, random.hex(20)]) },
    { size: someNumber(random, 4711), mimetype: random.pick(['application/pdf', '']) },
    {
      date_expires: `${day(desk.today + 90)} 00:00:00`,
      audit_master_approval_status: random.pick([1, 2, 3]),
    },
    { url: random.pick([`${DIRECTORY}/${id}/moved`, 'file:///../../etc/passwd', 'https://x.example/', '']) },
    { deleted: random.below(2) },
    { storagemethod: 1, couch_docid: random.hex(16), path_depth: 2 },
  ]);
  return sql.update('documents', { id }, changes);
}

/** In one folder more, in another one, or in none. */
function refile(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const document_id = ids.known('documents');
  const where = { document_id };
  return random.pick([
    () => fileUnder(desk, document_id),
    () => sql.updateUnlessTaken('categories_to_documents', where, { category_id: folder(desk) }),
    () => sql.updateUnlessTaken('categories_to_documents', where, { document_id: ids.known('documents') }),
    () => sql.delete('categories_to_documents', where),
  ])();
}

/** The application's way: the row stays and is in no folder any more. */
function remove(desk: Desk): string[] {
  const id = desk.ids.spare('documents');
  const unfiled = desk.sql.delete('categories_to_documents', { document_id: id });
  return [...unfiled, ...deleteDocuments(desk, { id })];
}

function purge({ ids, sql }: Desk): string[] {
  return sql.delete('documents', { id: ids.spare('documents') });
}

/** At the end of its parent, whose right edge moves. */
function addFolder({ ids, random, sql }: Desk): string[] {
  const id = ids.next('categories');
  const edge = 1000 + 2 * (id % 100_000);
  return [
    ...sql.update('categories', { id: 1 }, { rght: edge + 2 }),
    ...sql.insert('categories', {
      id,
      name: someText(random, ['Arztbriefe', 'Outside Records']),
      value: '',
      parent: random.percent(70) ? 1 : ids.known('categories'),
      lft: edge,
      rght: edge + 1,
      codes: random.pick(['', 'LOINC:11502-2']),
    }),
  ];
}

/** The name, or where it hangs: under itself, now and then, and under what is not there. */
function changeFolder({ ids, random, sql }: Desk): string[] {
  const own = ids.own('categories');
  const id = random.percent(60) && own !== undefined ? own : ids.known('categories');
  const parent = random.pick([1, 2, id, ids.known('categories'), 777]);
  const isOwn = id === own;
  const named = { name: someText(random, ['Renamed', 'Umbenannt']), codes: '' };
  return sql.update('categories', { id }, isOwn && random.percent(50) ? { parent } : named);
}

function removeFolder({ ids, sql }: Desk): string[] {
  const id = ids.own('categories');
  return id === undefined ? [] : sql.delete('categories', { id });
}
