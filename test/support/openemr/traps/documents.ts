/**
 * Documents: §10 of the facts. Rows only: what depends on a file (its size, its hash, where it is) is in test/support/documents. Here it is expected
 * only where the row alone decides.
 */
import type { SourceRow } from '../source-row.ts';
import { ofVisit, record, visitRows, type Columns } from './record-trap.ts';
import { ABSENT, flag, idOf, type Trap, type TrapRow } from './trap.ts';
import { patientRow } from './trap-rows.ts';

const DIRECTORY = 'file:///var/www/openemr/sites/default/documents';
const SHA1 = 'a9993e364706816aba3e25717850c26c9cd0d89d';
const SHA3_512 = 'b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e'.repeat(2);
const LAB_REPORT = 2;
const MEDICAL_RECORD = 3;

function documentRow(id: number, foreign_id: number, changes: SourceRow): TrapRow {
  const values = {
    id,
    foreign_id,
    type: 'file_url',
    size: 1234,
    date: '2026-01-06 14:00:00',
    url: `${DIRECTORY}/${foreign_id}/report.pdf`,
    mimetype: 'application/pdf',
    owner: 1,
    revision: '2026-01-06 14:00:00',
    docdate: '2026-01-06',
    hash: SHA1,
    storagemethod: 0,
    path_depth: 1,
    encounter_id: 0,
    audit_master_approval_status: 1,
    encrypted: 0,
    ...changes,
  };
  return { table: 'documents', values };
}

function filed(document_id: number, category_id: number): TrapRow {
  return { table: 'categories_to_documents', values: { category_id, document_id } };
}

function documentTrap(
  id: number,
  name: string,
  changes: SourceRow,
  columns: Columns,
  versions?: Trap['versions'],
): Trap {
  return {
    name,
    facts: '§10',
    ...(versions && { versions }),
    rows: [patientRow(id), documentRow(id, id, changes), filed(id, LAB_REPORT)],
    expected: [record('document', 'documents', id, { patient_id: idOf('patient_data', id), ...columns })],
  };
}

const driveUuid = '00112233445566778899aabbccddeeff';

export const documentTraps: readonly Trap[] = [
  documentTrap(
    900_000_501,
    'before 6.0 the name is that of the file',
    { url: `${DIRECTORY}/900000501/Überweisung Knie_1.pdf` },
    {
      name: 'Überweisung Knie_1.pdf',
      original_filename: 'Überweisung Knie_1.pdf',
      legacy_hash: SHA1,
      legacy_hash_algorithm: 'sha1',
      legacy_size_bytes: 1234,
      document_date: '2026-01-06',
      uploaded_at: '2026-01-06T19:00:00Z',
      uploaded_by_id: idOf('users', 1),
    },
    ['5.0'],
  ),
  documentTrap(
    900_000_502,
    'since 6.0 the file is named by a UUID, and the name is a column',
    {
      url: `${DIRECTORY}/900000502/00112233-4455-6677-8899-aabbccddeeff`,
      name: 'Röntgen Knie.pdf',
      drive_uuid: Buffer.from(driveUuid, 'hex'),
      hash: SHA3_512,
    },
    {
      name: 'Röntgen Knie.pdf',
      original_filename: 'Röntgen Knie.pdf',
      legacy_hash: SHA3_512,
      legacy_hash_algorithm: 'sha3-512',
      category_paths: ['/Lab Report'],
      category_codes: ['LOINC:11502-2'],
    },
    ['8'],
  ),
  documentTrap(
    900_000_503,
    'a document without a hash has none to compare with',
    { hash: '' },
    {
      legacy_hash: null,
      legacy_hash_algorithm: null,
      legacy_hash_verified: null,
    },
  ),
  documentTrap(
    900_000_504,
    'a link is no file',
    { type: 'web_url', url: 'https://images.example/study/7', hash: null },
    { external_url: 'https://images.example/study/7', legacy_url: null },
  ),
  documentTrap(
    900_000_505,
    'a path that leads out of its directory is kept as it is',
    { url: `${DIRECTORY}/../../../../etc/passwd` },
    { storage_state: 'not_migrated', legacy_url: `${DIRECTORY}/../../../../etc/passwd` },
  ),
  documentTrap(
    900_000_506,
    'what lies in CouchDB is not on the disk',
    { storagemethod: 1, couch_docid: 'abc' },
    {
      storage_state: 'not_migrated',
    },
  ),
  documentTrap(
    900_000_507,
    'a document that was deleted is kept, deleted',
    { deleted: 1 },
    { deleted: true },
    ['8'],
  ),
  documentTrap(
    900_000_508,
    'an approval that was refused does not hide a document',
    { audit_master_approval_status: 3 },
    {
      deleted: false,
    },
  ),
  documentTrap(
    900_000_509,
    'a date of zeros is not known',
    { docdate: '0000-00-00' },
    {
      document_date: null,
      dq_flags: [],
    },
  ),
  {
    name: 'a document may be filed twice',
    facts: '§10',
    rows: [
      ...visitRows(900_000_510),
      documentRow(900_000_510, 900_000_510, { encounter_id: 900_000_510 }),
      filed(900_000_510, LAB_REPORT),
      filed(900_000_510, MEDICAL_RECORD),
    ],
    expected: [
      record('document', 'documents', 900_000_510, {
        ...ofVisit(900_000_510),
        category_paths: ['/Lab Report', '/Medical Record'],
      }),
    ],
  },
  {
    name: 'a document that was never filed is of nobody',
    facts: '§10 foreign_id',
    rows: [documentRow(900_000_511, 0, { path_depth: 2, url: `${DIRECTORY}/direct/4711/fax.tif` })],
    expected: [
      record('document', 'documents', 900_000_511, {
        patient_id: null,
        category_paths: [],
        original_filename: 'fax.tif',
        dq_flags: [],
      }),
    ],
  },
  {
    name: 'a document outlives its patient',
    facts: '§1, §12 F09',
    rows: [documentRow(900_000_512, ABSENT, {})],
    expected: [
      record(
        'document',
        'documents',
        900_000_512,
        { patient_id: null, dq_flags: [flag.orphan('patient_id')] },
        { foreign_id: String(ABSENT) },
      ),
    ],
  },
];
