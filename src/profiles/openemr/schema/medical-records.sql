-- The medical records service: encounters and all that was written, measured, found, prescribed and filed.
--
-- Ids, legacy_table, legacy_id, extra and dq_flags are as in the patient service: see patient.sql. What the legacy
-- system's users deleted is here too, with deleted = true: a record is not forgotten, only no longer shown.
-- One long file, because it is one schema and runs as one query.

CREATE SCHEMA medical_records;
COMMENT ON SCHEMA medical_records IS 'Encounters, notes, findings, medication, orders, results, documents, messages';

CREATE TABLE medical_records.encounter (
  id uuid PRIMARY KEY,
  encounter_number bigint,
  patient_id uuid NOT NULL,
  doctor_id uuid,
  supervisor_id uuid,
  facility_id uuid,
  appointment_id uuid,
  type_name text,
  class_code text,
  starts_at timestamptz,
  ends_at timestamptz,
  onset_date date,
  reason text,
  sensitivity text,
  discharge_disposition text,
  signed boolean,
  locked boolean,
  deleted boolean NOT NULL DEFAULT false,
  fhir_uuid uuid,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id)
);
COMMENT ON TABLE medical_records.encounter IS 'One row for each visit, seen or by telephone';
COMMENT ON COLUMN medical_records.encounter.encounter_number IS
  'What the legacy system refers to encounters by. Not unique: merged charts share numbers';
COMMENT ON COLUMN medical_records.encounter.patient_id IS 'patient.patient of the patient service, here and below';
COMMENT ON COLUMN medical_records.encounter.doctor_id IS 'doctor.doctor of the doctor service, as are all ids of people';
COMMENT ON COLUMN medical_records.encounter.facility_id IS 'doctor.facility of the doctor service';
COMMENT ON COLUMN medical_records.encounter.appointment_id IS 'appointment.appointment of the appointment service';
COMMENT ON COLUMN medical_records.encounter.class_code IS 'HL7 ActEncounterCode, such as AMB';
COMMENT ON COLUMN medical_records.encounter.sensitivity IS
  'Other than normal: access is restricted, and the service has to enforce it';

CREATE INDEX encounter_patient ON medical_records.encounter (patient_id, starts_at);
CREATE INDEX encounter_doctor ON medical_records.encounter (doctor_id, starts_at);
CREATE INDEX encounter_number ON medical_records.encounter (encounter_number);
CREATE INDEX encounter_appointment ON medical_records.encounter (appointment_id) WHERE appointment_id IS NOT NULL;

CREATE TABLE medical_records.clinical_note (
  id uuid PRIMARY KEY,
  patient_id uuid NOT NULL,
  encounter_id uuid REFERENCES medical_records.encounter (id),
  kind text NOT NULL,
  title text,
  author_username text,
  author_id uuid,
  noted_at timestamptz,
  body text,
  body_format text NOT NULL CHECK (body_format IN ('text', 'html', 'structured')),
  sections jsonb,
  code_system text,
  code text,
  deleted boolean NOT NULL DEFAULT false,
  fhir_uuid uuid,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id),
  CONSTRAINT clinical_note_code_has_system CHECK (code IS NULL OR code_system IS NOT NULL)
);
COMMENT ON TABLE medical_records.clinical_note IS 'What was written about a patient';
COMMENT ON COLUMN medical_records.clinical_note.kind IS
  'soap, clinical_note, dictation, social_history, or the name of the legacy form';
COMMENT ON COLUMN medical_records.clinical_note.body_format IS
  'html: as an editor left it, never cleaned: clean it before it is shown. structured: see sections';
COMMENT ON COLUMN medical_records.clinical_note.sections IS
  'By name of the section or field: text of a SOAP note, decoded value of a form';

CREATE INDEX clinical_note_patient ON medical_records.clinical_note (patient_id, noted_at);
CREATE INDEX clinical_note_encounter ON medical_records.clinical_note (encounter_id);

CREATE TABLE medical_records.vital_signs (
  id uuid PRIMARY KEY,
  patient_id uuid NOT NULL,
  encounter_id uuid REFERENCES medical_records.encounter (id),
  measured_at timestamptz,
  bp_systolic numeric(6,2),
  bp_diastolic numeric(6,2),
  weight_kg numeric(9,4),
  height_cm numeric(9,4),
  temperature_c numeric(6,3),
  temperature_site text,
  pulse_bpm numeric(7,2),
  respiration_rate numeric(7,2),
  spo2_pct numeric(5,2),
  o2_flow_lpm numeric(7,2),
  bmi numeric(7,3),
  waist_cm numeric(9,4),
  head_circumference_cm numeric(9,4),
  note text,
  details jsonb,
  recorded_by text,
  deleted boolean NOT NULL DEFAULT false,
  fhir_uuid uuid,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id)
);
COMMENT ON TABLE medical_records.vital_signs IS
  'Measurements in SI units, computed from the US units of the legacy system. NULL: not taken';
COMMENT ON COLUMN medical_records.vital_signs.bp_systolic IS 'Values beyond reason are kept, with a flag';
COMMENT ON COLUMN medical_records.vital_signs.details IS
  'By column of the legacy form: how the value is to be read, or why it was not taken';

CREATE INDEX vital_signs_patient ON medical_records.vital_signs (patient_id, measured_at);
CREATE INDEX vital_signs_encounter ON medical_records.vital_signs (encounter_id);

CREATE TABLE medical_records.condition (
  id uuid PRIMARY KEY,
  patient_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('problem', 'surgery', 'dental', 'device', 'health_concern', 'other')),
  title text,
  codes jsonb NOT NULL DEFAULT '[]',
  onset_date date,
  abatement_date date,
  clinical_status text CHECK (clinical_status IN ('active', 'inactive', 'resolved')),
  verification_status text,
  occurrence text,
  outcome text,
  comments text,
  hidden boolean NOT NULL DEFAULT false,
  device_udi text,
  recorded_by text,
  recorded_at timestamptz,
  fhir_uuid uuid,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id)
);
COMMENT ON TABLE medical_records.condition IS 'Problems, operations, devices and other entries of the problem list';
COMMENT ON COLUMN medical_records.condition.codes IS '[{"system": "ICD10", "code": "E11.9"}, …]; system null: none was given';
COMMENT ON COLUMN medical_records.condition.hidden IS 'Taken from the list by a user. It may be active all the same';

CREATE INDEX condition_patient ON medical_records.condition (patient_id, kind);
CREATE INDEX condition_codes ON medical_records.condition USING gin (codes jsonb_path_ops);

CREATE TABLE medical_records.allergy (
  id uuid PRIMARY KEY,
  patient_id uuid NOT NULL,
  substance text,
  codes jsonb NOT NULL DEFAULT '[]',
  reaction text,
  reaction_code text,
  severity text,
  verification_status text,
  onset_date date,
  abatement_date date,
  active boolean NOT NULL,
  comments text,
  recorded_by text,
  recorded_at timestamptz,
  fhir_uuid uuid,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id)
);
COMMENT ON TABLE medical_records.allergy IS 'Allergies and intolerances';
COMMENT ON COLUMN medical_records.allergy.active IS
  'It has not ended. A user who hid it from the list did not end it: see extra';

CREATE INDEX allergy_patient ON medical_records.allergy (patient_id);

CREATE TABLE medical_records.medication (
  id uuid PRIMARY KEY,
  patient_id uuid NOT NULL,
  encounter_id uuid REFERENCES medical_records.encounter (id),
  prescriber_id uuid,
  source text NOT NULL CHECK (source IN ('prescription', 'medication_list')),
  linked_medication_id uuid REFERENCES medical_records.medication (id) DEFERRABLE INITIALLY DEFERRED,
  drug_name text,
  rxnorm_code text,
  strength text,
  strength_unit text,
  dose_form text,
  dose_quantity text,
  route text,
  frequency text,
  prn text,
  dispense_quantity text,
  refills integer,
  instructions text,
  indication text,
  start_date date,
  end_date date,
  status text NOT NULL CHECK (status IN ('active', 'completed', 'stopped', 'entered_in_error')),
  intent text,
  note text,
  recorded_at timestamptz,
  fhir_uuid uuid,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id)
);
COMMENT ON TABLE medical_records.medication IS 'Prescriptions, and medication that was only noted in a list';
COMMENT ON COLUMN medical_records.medication.linked_medication_id IS
  'The prescription that this entry of the list repeats. Count the two as one';
COMMENT ON COLUMN medical_records.medication.dose_form IS
  'Titles of the legacy option lists, here and in strength_unit, route and frequency';

CREATE INDEX medication_patient ON medical_records.medication (patient_id, status);
CREATE INDEX medication_encounter ON medical_records.medication (encounter_id);
CREATE INDEX medication_linked ON medical_records.medication (linked_medication_id)
  WHERE linked_medication_id IS NOT NULL;

CREATE TABLE medical_records.condition_encounter (
  id uuid PRIMARY KEY,
  condition_id uuid REFERENCES medical_records.condition (id),
  allergy_id uuid REFERENCES medical_records.allergy (id),
  medication_id uuid REFERENCES medical_records.medication (id),
  encounter_id uuid NOT NULL REFERENCES medical_records.encounter (id),
  patient_id uuid NOT NULL,
  resolved boolean NOT NULL DEFAULT false,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id),
  CONSTRAINT condition_encounter_of_one CHECK (num_nonnulls(condition_id, allergy_id, medication_id) = 1)
);
COMMENT ON TABLE medical_records.condition_encounter IS
  'At which encounters a condition, or an allergy or medication of the list, was dealt with';
COMMENT ON COLUMN medical_records.condition_encounter.id IS 'Of the key that the version of the legacy system has';
COMMENT ON COLUMN medical_records.condition_encounter.legacy_id IS '<pid>:<list_id>:<encounter>, in every version';

CREATE INDEX condition_encounter_condition ON medical_records.condition_encounter (condition_id);
CREATE INDEX condition_encounter_allergy ON medical_records.condition_encounter (allergy_id)
  WHERE allergy_id IS NOT NULL;
CREATE INDEX condition_encounter_medication ON medical_records.condition_encounter (medication_id)
  WHERE medication_id IS NOT NULL;
CREATE INDEX condition_encounter_encounter ON medical_records.condition_encounter (encounter_id);

CREATE TABLE medical_records.immunization (
  id uuid PRIMARY KEY,
  patient_id uuid NOT NULL,
  encounter_id uuid REFERENCES medical_records.encounter (id),
  cvx_code text,
  vaccine_name text,
  administered_at timestamptz,
  administered_by_id uuid,
  administered_by_name text,
  ordering_doctor_id uuid,
  manufacturer text,
  lot_number text,
  expiration_date date,
  dose_amount numeric(12,4),
  dose_unit text,
  route text,
  site text,
  vis_date date,
  education_date date,
  status text NOT NULL CHECK (status IN (
    'completed', 'refused', 'not_done', 'partial', 'entered_in_error', 'unknown'
  )),
  refusal_reason text,
  note text,
  fhir_uuid uuid,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id)
);
COMMENT ON TABLE medical_records.immunization IS 'Vaccines given, refused or noted by mistake';
COMMENT ON COLUMN medical_records.immunization.cvx_code IS 'CVX, at least two digits';
COMMENT ON COLUMN medical_records.immunization.status IS
  'unknown: a status of the site''s own, which extra has. Whether it was given has to be asked';
COMMENT ON COLUMN medical_records.immunization.vis_date IS 'Of the vaccine information statement that was handed out';

CREATE INDEX immunization_patient ON medical_records.immunization (patient_id, administered_at);

CREATE TABLE medical_records.diagnostic_order (
  id uuid PRIMARY KEY,
  patient_id uuid NOT NULL,
  encounter_id uuid REFERENCES medical_records.encounter (id),
  orderer_id uuid,
  lab_name text,
  ordered_at timestamptz,
  collected_at timestamptz,
  transmitted_at timestamptz,
  priority text,
  status text,
  order_type text,
  tests jsonb NOT NULL DEFAULT '[]',
  instructions text,
  clinical_history text,
  deleted boolean NOT NULL DEFAULT false,
  fhir_uuid uuid,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id)
);
COMMENT ON TABLE medical_records.diagnostic_order IS 'Orders to laboratories and other diagnostic services';
COMMENT ON COLUMN medical_records.diagnostic_order.tests IS
  '[{"seq": 1, "code": "…", "name": "…", "diagnoses": "…"}, …] in the order of seq; what is empty is left out';

CREATE INDEX diagnostic_order_patient ON medical_records.diagnostic_order (patient_id, ordered_at);
CREATE INDEX diagnostic_order_encounter ON medical_records.diagnostic_order (encounter_id);

CREATE TABLE medical_records.document (
  id uuid PRIMARY KEY,
  patient_id uuid,
  encounter_id uuid REFERENCES medical_records.encounter (id),
  name text NOT NULL,
  original_filename text,
  mime_type text,
  sniffed_mime_type text,
  category_paths text[] NOT NULL DEFAULT '{}',
  category_codes text[] NOT NULL DEFAULT '{}',
  document_date date,
  uploaded_at timestamptz,
  uploaded_by_id uuid,
  expires_at timestamptz,
  size_bytes bigint CHECK (size_bytes >= 0),
  legacy_size_bytes bigint,
  sha256 text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  crc32c text,
  legacy_hash text,
  legacy_hash_algorithm text CHECK (legacy_hash_algorithm IN ('sha1', 'sha3-512')),
  legacy_hash_verified boolean,
  gcs_bucket text,
  gcs_object text,
  gcs_generation bigint,
  storage_state text NOT NULL DEFAULT 'not_migrated' CHECK (storage_state IN (
    'not_migrated', 'stored', 'hash_mismatch', 'size_mismatch', 'missing_source', 'decrypt_failed', 'quarantined',
    'unreadable', 'unsupported', 'external_url'
  )),
  was_encrypted boolean NOT NULL DEFAULT false,
  external_url text,
  legacy_url text,
  deleted boolean NOT NULL DEFAULT false,
  fhir_uuid uuid,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id),
  CONSTRAINT document_stored_has_object CHECK (
    storage_state NOT IN ('stored', 'hash_mismatch', 'size_mismatch')
    OR (gcs_bucket IS NOT NULL AND gcs_object IS NOT NULL AND gcs_generation IS NOT NULL AND sha256 IS NOT NULL)
  )
);
COMMENT ON TABLE medical_records.document IS 'Files of patients: what is known of each, and where in the bucket it is';
COMMENT ON COLUMN medical_records.document.patient_id IS 'NULL: never filed under a patient';
COMMENT ON COLUMN medical_records.document.category_paths IS 'Such as /Lab Report/Pathology; several where it was filed twice';
COMMENT ON COLUMN medical_records.document.category_codes IS 'LOINC, one for each path; empty where it has none';
COMMENT ON COLUMN medical_records.document.size_bytes IS 'Of the object, which is the file after decryption';
COMMENT ON COLUMN medical_records.document.legacy_hash_verified IS 'NULL: there was none, or no file to compare with';
COMMENT ON COLUMN medical_records.document.gcs_object IS 'Made of ids only: no name of a person or file is in it';
COMMENT ON COLUMN medical_records.document.storage_state IS
  'stored: the object is there, and is what the legacy row says. hash_mismatch, size_mismatch: it is there, and is not. not_migrated: nobody has looked for the file yet';
COMMENT ON COLUMN medical_records.document.was_encrypted IS 'The legacy file was encrypted, whatever the legacy row said';
COMMENT ON COLUMN medical_records.document.legacy_url IS 'Where the legacy row says that it was at upload. Never opened';

CREATE INDEX document_patient ON medical_records.document (patient_id, document_date);
CREATE INDEX document_encounter ON medical_records.document (encounter_id);
CREATE INDEX document_sha256 ON medical_records.document (sha256);
CREATE INDEX document_object ON medical_records.document (gcs_object);
CREATE INDEX document_not_stored ON medical_records.document (storage_state) WHERE storage_state <> 'stored';

CREATE TABLE medical_records.diagnostic_result (
  id uuid PRIMARY KEY,
  order_id uuid REFERENCES medical_records.diagnostic_order (id),
  patient_id uuid NOT NULL,
  order_test_seq integer,
  report_legacy_id text,
  report_status text,
  review_status text,
  report_notes text,
  reported_at timestamptz,
  collected_at timestamptz,
  specimen_number text,
  code text,
  name text,
  value_type text,
  value_text text,
  value_numeric numeric,
  value_comparator text CHECK (value_comparator IN ('<', '<=', '>', '>=')),
  unit text,
  reference_range text,
  abnormal_flag text,
  result_at timestamptz,
  status text,
  performing_facility text,
  comments text,
  document_id uuid REFERENCES medical_records.document (id),
  fhir_uuid uuid,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id)
);
COMMENT ON TABLE medical_records.diagnostic_result IS
  'One row for each value of a report; one without a value for a report that has none';
COMMENT ON COLUMN medical_records.diagnostic_result.order_test_seq IS 'seq of the test among those of the order';
COMMENT ON COLUMN medical_records.diagnostic_result.report_legacy_id IS 'The same for the values of one report';
COMMENT ON COLUMN medical_records.diagnostic_result.value_text IS 'As it came; value_numeric and value_comparator where it is a number';

CREATE INDEX diagnostic_result_order ON medical_records.diagnostic_result (order_id);
CREATE INDEX diagnostic_result_patient ON medical_records.diagnostic_result (patient_id, code, result_at);
CREATE INDEX diagnostic_result_document ON medical_records.diagnostic_result (document_id)
  WHERE document_id IS NOT NULL;

CREATE TABLE medical_records.patient_message (
  id uuid PRIMARY KEY,
  patient_id uuid,
  channel text NOT NULL CHECK (channel IN ('staff_note', 'portal_mail')),
  thread_key text,
  title text,
  body text,
  body_format text NOT NULL CHECK (body_format IN ('text', 'html', 'encrypted')),
  entries jsonb,
  sender text,
  recipient text,
  sent_at timestamptz,
  status text,
  deleted boolean NOT NULL DEFAULT false,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id)
);
COMMENT ON TABLE medical_records.patient_message IS 'Notes of staff about a patient, and mail between patients and staff';
COMMENT ON COLUMN medical_records.patient_message.patient_id IS 'NULL: about no patient';
COMMENT ON COLUMN medical_records.patient_message.body_format IS 'encrypted: the portal kept it so, and it is as it was';
COMMENT ON COLUMN medical_records.patient_message.entries IS
  'Of a staff note, which is a whole conversation: [{"at": "…", "from": "…", "to": "…", "text": "…"}, …]';

CREATE INDEX patient_message_patient ON medical_records.patient_message (patient_id, sent_at);
CREATE INDEX patient_message_thread ON medical_records.patient_message (thread_key);

-- Nothing selects by these, and ANALYZE spends a third of its time on them.
ALTER TABLE medical_records.encounter ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE medical_records.clinical_note ALTER COLUMN sections SET STATISTICS 0, ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE medical_records.vital_signs ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE medical_records.condition ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE medical_records.allergy ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE medical_records.medication ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE medical_records.condition_encounter ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE medical_records.immunization ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE medical_records.diagnostic_order ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE medical_records.document ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE medical_records.diagnostic_result ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE medical_records.patient_message ALTER COLUMN extra SET STATISTICS 0;
