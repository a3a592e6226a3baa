CREATE SCHEMA doctor;

CREATE TABLE doctor.doctor (
  id uuid PRIMARY KEY,
  legacy_no integer NOT NULL UNIQUE,
  name text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}'
);
