/**
 * The mapping of `documents`: what the row says. What the file says (its hashes, its true type, where it is now) has no column here: the
 * moving of the files sets it, and sync leaves it. `document_data`, the content of a document that lies in the database, is a file too.
 */
import { apply, columns, constant, flags, reference, uuid } from '../../../mapping/declare.ts';
import type { QueryMapping } from '../../../mapping/mapping.ts';
import { fhirUuid, lookUpFhirUuid } from '../fhir-uuid.ts';
import { lookUp, queryWith } from '../lookups.ts';
import { optionalColumns } from '../optional-column.ts';
import type { Site } from '../site.ts';
import { day, moment, txt } from '../text.ts';
import { categoryCodes, categoryPaths, lookUpCategories } from './document-categories.ts';
import { hashAlgorithm, legacyHash } from './document-hash.ts';
import {
  documentName,
  externalUrl,
  isDeletedDocument,
  legacyUrl,
  originalFilename,
} from './document-place.ts';
import { encounterId, lookUpEncounter } from './encounter-reference.ts';

const SOURCE = { table: 'documents', key: 'id' };

/** All that the migration of the files needs is among them. */
const EXTRA = [
  'type',
  'thumb_url',
  'pages',
  'revision',
  'list_id',
  'drive_uuid',
  'couch_docid',
  'couch_revid',
  'storagemethod',
  'path_depth',
  'imported',
  'encounter_check',
  'audit_master_approval_status',
  'audit_master_id',
  'documentationOf',
  'encrypted',
  'foreign_reference_id',
  'foreign_reference_table',
];

export function documentMapping(site: Site): QueryMapping {
  const optional = optionalColumns(site, SOURCE.table);
  // Before 6.0 the name is that of the file.
  const name = site.has(SOURCE.table, 'name') ? ['name'] : [];
  const isMarked = site.has(SOURCE.table, 'deleted');
  return {
    shape: 'query',
    id: 'documents',
    service: 'medical-records',
    source: { table: SOURCE.table },
    target: { schema: 'medical_records', table: 'document' },
    query: queryWith(
      lookUp('patient', { table: 'patient_data', key: 'pid' }, { source: SOURCE, by: 'foreign_id' }),
      lookUp('uploader', { table: 'users', key: 'id' }, { source: SOURCE, by: 'owner' }),
      lookUpEncounter({
        table: SOURCE.table,
        key: [SOURCE.key],
        pid: 'foreign_id',
        encounter: 'encounter_id',
        unfiled: true,
      }),
      lookUpCategories(site),
      lookUpFhirUuid(site, SOURCE.table),
    ),
    columns: columns({
      id: ['uuid!', uuid(SOURCE.table, 'id'), 'identifier'],
      // A document may be of nobody, and outlives its patient.
      patient_id: [
        'uuid',
        reference('patient_data', {
          input: 'foreign_id',
          found: 'patient_key',
          onOrphan: { flag: 'patient_id' },
        }),
        'identifier',
      ],
      encounter_id: ['uuid', encounterId('encounter_id'), 'identifier'],
      name: ['text!', apply(documentName, 'id', 'type', 'url', ...name), 'critical'],
      original_filename: ['text', apply(originalFilename, 'type', 'url', ...name), 'critical'],
      mime_type: ['text', apply(txt, 'mimetype')],
      category_paths: ['text[]!', apply(categoryPaths, 'categories'), 'clinical'],
      category_codes: ['text[]!', apply(categoryCodes, 'categories'), 'clinical'],
      document_date: ['date', apply(day('document_date', 'docdate'), 'docdate'), 'clinical'],
      uploaded_at: ['timestamp with time zone', apply(moment(site, 'uploaded_at', 'date'), 'date')],
      uploaded_by_id: [
        'uuid',
        reference('users', { input: 'owner', found: 'uploader_key', onOrphan: { flag: 'uploaded_by_id' } }),
        'identifier',
      ],
      expires_at: [
        'timestamp with time zone',
        optional(moment(site, 'expires_at', 'date_expires'), 'date_expires'),
      ],
      legacy_size_bytes: ['bigint', { kind: 'column', column: 'size' }],
      legacy_hash: ['text', apply(legacyHash, 'hash')],
      legacy_hash_algorithm: ['text', apply(hashAlgorithm, 'hash')],
      external_url: ['text', apply(externalUrl, 'type', 'url'), 'critical'],
      legacy_url: ['text', apply(legacyUrl, 'type', 'url'), 'critical'],
      deleted: ['boolean!', isMarked ? apply(isDeletedDocument, 'deleted') : constant('f'), 'critical'],
      fhir_uuid: fhirUuid(site, SOURCE.table),
      legacy_table: ['text!', constant(SOURCE.table)],
      legacy_id: ['text!', apply(txt, 'id'), 'identifier'],
      extra: [
        'jsonb!',
        { kind: 'extra', columns: EXTRA.filter((column) => site.has(SOURCE.table, column)) },
        'critical',
      ],
      dq_flags: ['text[]!', flags],
    }),
  };
}
