-- The patient service: who the patients are, how they sign in, whom to reach for them, and who pays.
--
-- Every id is a UUIDv5 of the legacy table and key, so that the same source row has the same id in every run, and other
-- services can name it without a lookup. An id without REFERENCES belongs to another service. legacy_table and legacy_id
-- tell where a row came from, extra keeps what has no column of its own, dq_flags what is wrong with the row.
-- Free text has no invented limit; what has a fixed form has a CHECK.

CREATE SCHEMA patient;
COMMENT ON SCHEMA patient IS 'Patients, their portal accounts, contacts and insurance';

CREATE TABLE patient.patient (
  id uuid PRIMARY KEY,
  mrn text NOT NULL,
  title text,
  first_name text,
  middle_name text,
  last_name text,
  suffix text,
  preferred_name text,
  birth_first_name text,
  birth_middle_name text,
  birth_last_name text,
  name_search text,
  date_of_birth date CHECK (date_of_birth >= DATE '1880-01-01'),
  sex_at_birth text CHECK (sex_at_birth IN ('male', 'female', 'other', 'unknown')),
  gender_identity_code text,
  sexual_orientation_code text,
  pronouns text,
  marital_status text,
  race_codes text[] NOT NULL DEFAULT '{}',
  ethnicity_codes text[] NOT NULL DEFAULT '{}',
  religion text,
  preferred_language text,
  interpreter_needed boolean,
  interpreter_note text,
  ssn_ciphertext bytea,
  ssn_last4 text CHECK (ssn_last4 ~ '^[0-9]{4}$'),
  drivers_license text,
  email text,
  email_direct text,
  phone_home text,
  phone_work text,
  phone_mobile text,
  phone_emergency text,
  address_line1 text,
  address_line2 text,
  city text,
  county text,
  state text,
  postal_code text,
  country text CHECK (country ~ '^[A-Z]{2}$'),
  deceased_at timestamptz,
  deceased_reason text,
  primary_doctor_id uuid,
  referring_doctor_id uuid,
  consent_portal boolean,
  consent_sms boolean,
  consent_email boolean,
  consent_mail boolean,
  consent_voice boolean,
  consent_hie boolean,
  occupation text,
  family_size smallint CHECK (family_size >= 0),
  monthly_income numeric(12,2),
  homeless text,
  registered_at timestamptz,
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'inactive', 'deceased', 'merged', 'ghost')),
  duplicate_of uuid REFERENCES patient.patient (id) DEFERRABLE INITIALLY DEFERRED,
  duplicate_score integer,
  fhir_uuid uuid,
  created_at timestamptz,
  updated_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id),
  CONSTRAINT patient_ssn_whole CHECK ((ssn_ciphertext IS NULL) = (ssn_last4 IS NULL)),
  CONSTRAINT patient_not_own_duplicate CHECK (duplicate_of <> id)
);
COMMENT ON TABLE patient.patient IS 'One row for each person ever registered';
COMMENT ON COLUMN patient.patient.mrn IS
  'Chart number as staff know it. Not unique: the legacy system never made sure of it';
COMMENT ON COLUMN patient.patient.name_search IS 'First and last name in lower case, without accents';
COMMENT ON COLUMN patient.patient.race_codes IS 'Ids of the legacy option list, as chosen';
COMMENT ON COLUMN patient.patient.interpreter_needed IS 'NULL: never asked';
COMMENT ON COLUMN patient.patient.ssn_ciphertext IS
  'Social security number, encrypted by the migration; the key is not in this database';
COMMENT ON COLUMN patient.patient.phone_home IS 'Phone numbers are E.164; what is no number is in extra';
COMMENT ON COLUMN patient.patient.country IS 'ISO 3166-1, two letters';
COMMENT ON COLUMN patient.patient.primary_doctor_id IS 'doctor.doctor of the doctor service';
COMMENT ON COLUMN patient.patient.referring_doctor_id IS 'doctor.doctor of the doctor service';
COMMENT ON COLUMN patient.patient.consent_portal IS 'Each consent: true, false, or NULL for never asked';
COMMENT ON COLUMN patient.patient.status IS
  'ghost: only referred to by other rows of the legacy system. merged: see duplicate_of';
COMMENT ON COLUMN patient.patient.duplicate_score IS
  'As the legacy system computed it; NULL: not computed, -1: a person said that it is none';
COMMENT ON COLUMN patient.patient.fhir_uuid IS 'The UUID under which the legacy FHIR API showed the patient';
COMMENT ON COLUMN patient.patient.version IS 'For optimistic locking by the service; the migration leaves it at 1';

CREATE INDEX patient_mrn ON patient.patient (lower(mrn));
CREATE INDEX patient_name ON patient.patient (last_name, first_name);
CREATE INDEX patient_name_search ON patient.patient (name_search text_pattern_ops);
CREATE INDEX patient_date_of_birth ON patient.patient (date_of_birth);
CREATE INDEX patient_email ON patient.patient (lower(email));
CREATE INDEX patient_phone_mobile ON patient.patient (phone_mobile);
CREATE INDEX patient_primary_doctor ON patient.patient (primary_doctor_id);
CREATE INDEX patient_duplicate_of ON patient.patient (duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE UNIQUE INDEX patient_fhir_uuid ON patient.patient (fhir_uuid);

CREATE TABLE patient.patient_account (
  id uuid PRIMARY KEY,
  patient_id uuid NOT NULL REFERENCES patient.patient (id),
  username text NOT NULL,
  username_normalized text NOT NULL,
  alt_username text,
  password_hash text,
  password_scheme text NOT NULL CHECK (password_scheme IN (
    'bcrypt', 'bcrypt-broken', 'argon2i', 'argon2id', 'sha512crypt', 'sha1-hex', 'sha1-salted', 'md5-hex', 'none',
    'unknown'
  )),
  password_salt text,
  must_change_password boolean NOT NULL DEFAULT false,
  status text NOT NULL CHECK (status IN ('active', 'pending_activation', 'disabled', 'reset_required')),
  failed_attempts integer NOT NULL DEFAULT 0 CHECK (failed_attempts >= 0),
  last_failed_at timestamptz,
  created_at timestamptz,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id),
  CONSTRAINT patient_account_active_has_password CHECK (status <> 'active' OR password_hash IS NOT NULL)
);
COMMENT ON TABLE patient.patient_account IS 'Accounts of the patient portal';
COMMENT ON COLUMN patient.patient_account.username IS 'What the patient types';
COMMENT ON COLUMN patient.patient_account.username_normalized IS
  'The username in NFKC and lower case. Unique among the accounts that can sign in';
COMMENT ON COLUMN patient.patient_account.alt_username IS
  'The account name that the legacy system made up, where it is another';
COMMENT ON COLUMN patient.patient_account.password_hash IS 'As it was: verify it once by its scheme, then replace it';
COMMENT ON COLUMN patient.patient_account.password_salt IS 'Where the scheme keeps it beside the hash';

CREATE UNIQUE INDEX patient_account_username ON patient.patient_account (username_normalized)
  WHERE status <> 'disabled';
CREATE INDEX patient_account_patient ON patient.patient_account (patient_id);

CREATE TABLE patient.patient_contact (
  id uuid PRIMARY KEY,
  patient_id uuid NOT NULL REFERENCES patient.patient (id),
  kind text NOT NULL CHECK (kind IN (
    'guardian', 'emergency', 'mother', 'employer', 'related_person', 'telecom', 'address', 'previous_name'
  )),
  relationship text,
  name text,
  organization text,
  phone text,
  phone_work text,
  email text,
  address_line1 text,
  address_line2 text,
  city text,
  state text,
  postal_code text,
  country text CHECK (country ~ '^[A-Z]{2}$'),
  period_start date,
  period_end date,
  is_primary boolean,
  telecom_system text,
  telecom_use text,
  telecom_value text,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id)
);
COMMENT ON TABLE patient.patient_contact IS
  'Who and what else belongs to a patient: guardians, emergency contacts, employers, earlier names and addresses';
COMMENT ON COLUMN patient.patient_contact.period_end IS
  'NULL: still so. An employer that a later one replaced ends where that begins';
COMMENT ON COLUMN patient.patient_contact.legacy_id IS
  'For contacts kept in columns of the patient: <pid>:guardian, <pid>:emergency, <pid>:mother';

CREATE INDEX patient_contact_patient ON patient.patient_contact (patient_id, kind);

CREATE TABLE patient.patient_coverage (
  id uuid PRIMARY KEY,
  patient_id uuid NOT NULL REFERENCES patient.patient (id),
  rank text NOT NULL CHECK (rank IN ('primary', 'secondary', 'tertiary')),
  payer_legacy_id text,
  payer_name text,
  payer_address jsonb,
  payer_phone text,
  plan_name text,
  policy_number text,
  group_number text,
  policy_type text,
  copay text,
  subscriber_relationship text,
  subscriber_first_name text,
  subscriber_middle_name text,
  subscriber_last_name text,
  subscriber_date_of_birth date,
  subscriber_sex text,
  subscriber_ssn_ciphertext bytea,
  subscriber_ssn_last4 text CHECK (subscriber_ssn_last4 ~ '^[0-9]{4}$'),
  subscriber_phone text,
  subscriber_address jsonb,
  subscriber_employer jsonb,
  effective_from date,
  effective_to date,
  is_current boolean NOT NULL,
  accept_assignment boolean,
  fhir_uuid uuid,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id),
  CONSTRAINT patient_coverage_ssn_whole
    CHECK ((subscriber_ssn_ciphertext IS NULL) = (subscriber_ssn_last4 IS NULL))
);
COMMENT ON TABLE patient.patient_coverage IS 'Insurance of a patient, one row for each rank and start';
COMMENT ON COLUMN patient.patient_coverage.payer_legacy_id IS
  'insurance_companies.id; NULL where the legacy row names no company that exists';
COMMENT ON COLUMN patient.patient_coverage.copay IS 'As typed: amounts, percentages and words';
COMMENT ON COLUMN patient.patient_coverage.subscriber_address IS
  'Keys line1, line2, city, state, postal_code, country; the others that are jsonb likewise';
COMMENT ON COLUMN patient.patient_coverage.is_current IS 'The newest of its rank that has not ended';

CREATE INDEX patient_coverage_patient ON patient.patient_coverage (patient_id, rank, effective_from);
CREATE INDEX patient_coverage_policy ON patient.patient_coverage (policy_number);

-- Nothing selects by these, and ANALYZE spends a third of its time on them.
ALTER TABLE patient.patient ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE patient.patient_account ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE patient.patient_contact ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE patient.patient_coverage ALTER COLUMN extra SET STATISTICS 0;
