CREATE SCHEMA patient;

CREATE TABLE patient.patient (
  id uuid PRIMARY KEY,
  legacy_no integer NOT NULL UNIQUE,
  name text NOT NULL,
  date_of_birth date,
  sex text NOT NULL CHECK (sex IN ('female', 'male', 'unknown')),
  mobile text,
  insurance_no_ciphertext bytea,
  insurance_no_last3 text,
  dq_flags text[] NOT NULL DEFAULT '{}',
  extra jsonb NOT NULL DEFAULT '{}'
);
