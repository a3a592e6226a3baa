-- The doctor service: where people work, who they are, what they can do, when they are there, how they sign in.
--
-- Ids, legacy_table, legacy_id, extra and dq_flags are as in the patient service: see patient.sql.

CREATE SCHEMA doctor;
COMMENT ON SCHEMA doctor IS 'Facilities, doctors and other staff, their specialties, working hours and accounts';

CREATE TABLE doctor.facility (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  phone text,
  fax text,
  email text,
  website text,
  address_line1 text,
  city text,
  state text,
  postal_code text,
  country text CHECK (country ~ '^[A-Z]{2}$'),
  npi text,
  npi_valid boolean,
  tax_id_ciphertext bytea,
  tax_id_last4 text CHECK (tax_id_last4 ~ '^[0-9]{4}$'),
  timezone text NOT NULL,
  color text,
  is_service_location boolean,
  is_billing_location boolean,
  active boolean NOT NULL,
  fhir_uuid uuid,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id),
  CONSTRAINT facility_tax_id_whole CHECK (tax_id_last4 IS NULL OR tax_id_ciphertext IS NOT NULL)
);
COMMENT ON TABLE doctor.facility IS 'Places of care and of billing';
COMMENT ON COLUMN doctor.facility.tax_id_ciphertext IS
  'Nine digits, or, with the flag tax_id_invalid, what was typed instead: then there is no tax_id_last4';
COMMENT ON COLUMN doctor.facility.timezone IS 'IANA name; the legacy system has one for the whole site at most';

CREATE TABLE doctor.doctor (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('provider', 'staff', 'external', 'system')),
  title text,
  first_name text,
  middle_name text,
  last_name text,
  suffix text,
  credentials text,
  npi text,
  npi_valid boolean,
  dea_number text,
  state_license text,
  tax_id_ciphertext bytea,
  tax_id_last4 text CHECK (tax_id_last4 ~ '^[0-9]{4}$'),
  upin text,
  taxonomy_code text,
  taxonomy_is_default boolean,
  specialty_text text,
  email text,
  phone text,
  mobile text,
  fax text,
  organization text,
  address jsonb,
  primary_facility_id uuid REFERENCES doctor.facility (id),
  supervisor_id uuid REFERENCES doctor.doctor (id) DEFERRABLE INITIALLY DEFERRED,
  bookable boolean NOT NULL DEFAULT false,
  active boolean NOT NULL,
  fhir_uuid uuid,
  created_at timestamptz,
  updated_at timestamptz,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id),
  CONSTRAINT doctor_tax_id_whole CHECK (tax_id_last4 IS NULL OR tax_id_ciphertext IS NOT NULL)
);
COMMENT ON TABLE doctor.doctor IS 'Everybody in the legacy user table: who sees patients, who works there, who is written to';
COMMENT ON COLUMN doctor.doctor.kind IS
  'provider: sees patients. staff: signs in. external: only in the address book. system: an account of a program';
COMMENT ON COLUMN doctor.doctor.npi IS 'As typed; npi_valid tells whether its check digit is right';
COMMENT ON COLUMN doctor.doctor.tax_id_ciphertext IS
  'Nine digits, or, with the flag tax_id_invalid, what was typed instead: then there is no tax_id_last4';
COMMENT ON COLUMN doctor.doctor.taxonomy_is_default IS
  'The code is the one the legacy system gives everybody: no evidence of a specialty';
COMMENT ON COLUMN doctor.doctor.specialty_text IS 'As typed; what could be recognised is in doctor_specialty';
COMMENT ON COLUMN doctor.doctor.address IS 'Keys line1, line2, city, state, postal_code, country';
COMMENT ON COLUMN doctor.doctor.bookable IS 'Has a calendar';

CREATE INDEX doctor_name ON doctor.doctor (last_name, first_name);
CREATE INDEX doctor_npi ON doctor.doctor (npi);
CREATE INDEX doctor_facility ON doctor.doctor (primary_facility_id);
CREATE INDEX doctor_supervisor ON doctor.doctor (supervisor_id) WHERE supervisor_id IS NOT NULL;
CREATE INDEX doctor_bookable ON doctor.doctor (primary_facility_id, last_name) WHERE bookable AND active;

CREATE TABLE doctor.specialty (
  id uuid PRIMARY KEY,
  code_system text NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  UNIQUE (code_system, code)
);
COMMENT ON TABLE doctor.specialty IS 'Specialties that doctors may have, by code';
COMMENT ON COLUMN doctor.specialty.code_system IS 'nucc for the provider taxonomy of the National Uniform Claim Committee';

CREATE TABLE doctor.doctor_specialty (
  id uuid PRIMARY KEY,
  doctor_id uuid NOT NULL REFERENCES doctor.doctor (id),
  specialty_id uuid NOT NULL REFERENCES doctor.specialty (id),
  facility_id uuid REFERENCES doctor.facility (id),
  confidence text NOT NULL CHECK (confidence IN ('coded', 'matched', 'guess')),
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id)
);
COMMENT ON TABLE doctor.doctor_specialty IS 'Which doctor has which specialty, and where';
COMMENT ON COLUMN doctor.doctor_specialty.facility_id IS 'NULL: everywhere';
COMMENT ON COLUMN doctor.doctor_specialty.confidence IS
  'coded: the legacy row had the code. matched: its words are the name of the specialty. guess: neither';
COMMENT ON COLUMN doctor.doctor_specialty.legacy_id IS
  'The id of the legacy row, and, where one row told of several, :<code>';

CREATE INDEX doctor_specialty_doctor ON doctor.doctor_specialty (doctor_id);
CREATE INDEX doctor_specialty_specialty ON doctor.doctor_specialty (specialty_id);

CREATE TABLE doctor.schedule_rule (
  id uuid PRIMARY KEY,
  doctor_id uuid REFERENCES doctor.doctor (id),
  facility_id uuid REFERENCES doctor.facility (id),
  kind text NOT NULL CHECK (kind IN (
    'available', 'unavailable', 'lunch', 'vacation', 'reserved', 'holiday', 'closed'
  )),
  timezone text NOT NULL,
  start_date date NOT NULL,
  end_date date,
  start_time time,
  end_time time,
  all_day boolean NOT NULL DEFAULT false,
  rrule text,
  exdates text[] NOT NULL DEFAULT '{}'
    CHECK (array_to_string(exdates, ',') ~ '^([0-9]{4}-[0-9]{2}-[0-9]{2}(,|$))*$'),
  preferred_type_id uuid,
  derived_end boolean NOT NULL DEFAULT false,
  legacy_spec jsonb,
  status text NOT NULL CHECK (status IN ('active', 'expired', 'unparsed', 'unbounded')),
  title text,
  note text,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id)
);
COMMENT ON TABLE doctor.schedule_rule IS 'When doctors are there and when not, as local times that repeat';
COMMENT ON COLUMN doctor.schedule_rule.doctor_id IS 'NULL: everybody, as on holidays';
COMMENT ON COLUMN doctor.schedule_rule.end_date IS 'The last day of the series; NULL: has no end, or does not repeat';
COMMENT ON COLUMN doctor.schedule_rule.rrule IS 'RFC 5545, without DTSTART and UNTIL; NULL: does not repeat';
COMMENT ON COLUMN doctor.schedule_rule.exdates IS 'Days on which it does not apply, as YYYY-MM-DD';
COMMENT ON COLUMN doctor.schedule_rule.preferred_type_id IS
  'appointment.appointment_type of the appointment service: the only type that may be booked then';
COMMENT ON COLUMN doctor.schedule_rule.derived_end IS
  'No legacy row said when it ends: end_time comes from a duration or from the end of the calendar day';
COMMENT ON COLUMN doctor.schedule_rule.legacy_spec IS 'The legacy recurrence, as it was read';
COMMENT ON COLUMN doctor.schedule_rule.status IS
  'unparsed: the legacy recurrence could not be read, and nothing repeats. unbounded: it has no end, and the legacy calendar showed none of it';

CREATE INDEX schedule_rule_doctor ON doctor.schedule_rule (doctor_id, start_date);
CREATE INDEX schedule_rule_facility ON doctor.schedule_rule (facility_id, start_date);

CREATE TABLE doctor.staff_account (
  id uuid PRIMARY KEY,
  doctor_id uuid NOT NULL REFERENCES doctor.doctor (id),
  username text NOT NULL,
  username_normalized text NOT NULL,
  password_hash text,
  password_scheme text NOT NULL CHECK (password_scheme IN (
    'bcrypt', 'bcrypt-broken', 'argon2i', 'argon2id', 'sha512crypt', 'sha1-hex', 'sha1-salted', 'md5-hex', 'none',
    'unknown'
  )),
  password_salt text,
  password_changed_at timestamptz,
  status text NOT NULL CHECK (status IN ('active', 'disabled', 'reset_required', 'service')),
  mfa_methods text[] NOT NULL DEFAULT '{}',
  failed_attempts integer NOT NULL DEFAULT 0 CHECK (failed_attempts >= 0),
  auth_groups text[] NOT NULL DEFAULT '{}',
  external_login_email text,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id),
  CONSTRAINT staff_account_active_has_password CHECK (status <> 'active' OR password_hash IS NOT NULL)
);
COMMENT ON TABLE doctor.staff_account IS 'Accounts of people and programs who sign in at the site';
COMMENT ON COLUMN doctor.staff_account.username IS 'In its exact case: the legacy system insisted on it';
COMMENT ON COLUMN doctor.staff_account.username_normalized IS
  'The username in NFKC and lower case. Unique among the accounts that can sign in';
COMMENT ON COLUMN doctor.staff_account.password_hash IS 'As it was: verify it once by its scheme, then replace it';
COMMENT ON COLUMN doctor.staff_account.status IS 'service: an account of a program, without a password';
COMMENT ON COLUMN doctor.staff_account.mfa_methods IS 'Names only: the secrets stay behind, people enrol again';

CREATE UNIQUE INDEX staff_account_username ON doctor.staff_account (username_normalized)
  WHERE status <> 'disabled';
CREATE INDEX staff_account_doctor ON doctor.staff_account (doctor_id);

-- Nothing selects by these, and ANALYZE spends a third of its time on them.
ALTER TABLE doctor.facility ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE doctor.doctor ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE doctor.doctor_specialty ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE doctor.schedule_rule ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE doctor.staff_account ALTER COLUMN extra SET STATISTICS 0;
