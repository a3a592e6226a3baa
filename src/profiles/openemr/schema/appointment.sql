-- The appointment service: what can be booked, what was booked, and what became of it.
--
-- Ids, legacy_table, legacy_id, extra and dq_flags are as in the patient service: see patient.sql.

CREATE SCHEMA appointment;
COMMENT ON SCHEMA appointment IS 'Appointment types, series, appointments and the history of their status';

CREATE TABLE appointment.appointment_type (
  id uuid PRIMARY KEY,
  code text,
  name text NOT NULL,
  description text,
  default_minutes integer CHECK (default_minutes >= 0),
  color text,
  is_group boolean NOT NULL DEFAULT false,
  active boolean NOT NULL,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id)
);
COMMENT ON TABLE appointment.appointment_type IS 'Kinds of visits that can be booked';
COMMENT ON COLUMN appointment.appointment_type.code IS 'The stable name of the legacy category, where it has one';
COMMENT ON COLUMN appointment.appointment_type.is_group IS 'For a therapy group instead of one patient';

CREATE TABLE appointment.appointment_series (
  id uuid PRIMARY KEY,
  patient_id uuid,
  doctor_id uuid,
  facility_id uuid,
  type_id uuid REFERENCES appointment.appointment_type (id),
  timezone text NOT NULL,
  start_date date NOT NULL,
  until_date date,
  start_time time,
  minutes integer CHECK (minutes >= 0),
  rrule text,
  rrule_exact boolean NOT NULL,
  exdates text[] NOT NULL DEFAULT '{}'
    CHECK (array_to_string(exdates, ',') ~ '^([0-9]{4}-[0-9]{2}-[0-9]{2}(,|$))*$'),
  legacy_spec jsonb NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'ended', 'unparsed', 'unbounded')),
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id),
  CONSTRAINT appointment_series_exact_has_rrule CHECK (rrule IS NOT NULL OR NOT rrule_exact)
);
COMMENT ON TABLE appointment.appointment_series IS 'Appointments that repeat; each occurrence is a row of appointment';
COMMENT ON COLUMN appointment.appointment_series.patient_id IS 'patient.patient of the patient service';
COMMENT ON COLUMN appointment.appointment_series.doctor_id IS 'doctor.doctor of the doctor service';
COMMENT ON COLUMN appointment.appointment_series.facility_id IS 'doctor.facility of the doctor service';
COMMENT ON COLUMN appointment.appointment_series.rrule IS 'RFC 5545, without DTSTART and UNTIL; NULL: there is none that says it';
COMMENT ON COLUMN appointment.appointment_series.rrule_exact IS
  'The rule gives the very days that the legacy calendar showed; where not, the occurrences are right and the rule is not';
COMMENT ON COLUMN appointment.appointment_series.exdates IS 'Days that were taken out, as YYYY-MM-DD';
COMMENT ON COLUMN appointment.appointment_series.legacy_spec IS
  'The legacy recurrence, as it was read; a text where it could not be read';
COMMENT ON COLUMN appointment.appointment_series.status IS
  'unparsed: the recurrence could not be read. unbounded: it has no end, and the legacy calendar showed none of it';

CREATE INDEX appointment_series_patient ON appointment.appointment_series (patient_id);
CREATE INDEX appointment_series_doctor ON appointment.appointment_series (doctor_id, start_date);
CREATE INDEX appointment_series_type ON appointment.appointment_series (type_id);

CREATE TABLE appointment.appointment (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('single', 'occurrence')),
  series_id uuid REFERENCES appointment.appointment_series (id),
  occurrence_date date,
  group_key text,
  patient_id uuid,
  doctor_id uuid,
  facility_id uuid,
  billing_facility_id uuid,
  type_id uuid REFERENCES appointment.appointment_type (id),
  timezone text NOT NULL,
  local_date date NOT NULL,
  local_start time,
  starts_at timestamptz,
  ends_at timestamptz,
  minutes integer NOT NULL CHECK (minutes >= 0),
  all_day boolean NOT NULL DEFAULT false,
  status text NOT NULL CHECK (status IN (
    'requested', 'scheduled', 'confirmed', 'reminded', 'arrived', 'in_room', 'completed', 'cancelled', 'no_show',
    'left', 'unknown'
  )),
  legacy_status text NOT NULL,
  cancel_reason text,
  title text,
  comment text,
  room text,
  telehealth_url text,
  encounter_id uuid,
  created_by text,
  created_at timestamptz,
  fhir_uuid uuid,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  CONSTRAINT appointment_ends_after_start CHECK (ends_at >= starts_at),
  CONSTRAINT appointment_occurrence_of_series CHECK (
    (kind = 'occurrence') = (series_id IS NOT NULL) AND (series_id IS NULL) = (occurrence_date IS NULL)
  )
);
COMMENT ON TABLE appointment.appointment IS 'One row for each appointment, and for each occurrence of a series';
COMMENT ON COLUMN appointment.appointment.kind IS 'occurrence: one of a series';
COMMENT ON COLUMN appointment.appointment.occurrence_date IS
  'Which occurrence of the series it is: the day on which the series puts it';
COMMENT ON COLUMN appointment.appointment.group_key IS
  'The same for the rows of one event that several doctors take part in; NULL: one doctor';
COMMENT ON COLUMN appointment.appointment.patient_id IS
  'patient.patient of the patient service; NULL: therapy groups, and appointments that never had one';
COMMENT ON COLUMN appointment.appointment.doctor_id IS 'doctor.doctor of the doctor service';
COMMENT ON COLUMN appointment.appointment.facility_id IS 'doctor.facility of the doctor service';
COMMENT ON COLUMN appointment.appointment.billing_facility_id IS 'doctor.facility of the doctor service';
COMMENT ON COLUMN appointment.appointment.local_date IS
  'With local_start and timezone what the clock on the wall shows; starts_at is the same as an instant';
COMMENT ON COLUMN appointment.appointment.legacy_status IS 'The character of the legacy option list, such as @';
COMMENT ON COLUMN appointment.appointment.encounter_id IS 'medical_records.encounter of the medical records service';
COMMENT ON COLUMN appointment.appointment.created_by IS 'users.id of the legacy system, as it was written';

CREATE UNIQUE INDEX appointment_legacy ON appointment.appointment
  (legacy_table, legacy_id, (coalesce(occurrence_date, DATE '-infinity')));
CREATE INDEX appointment_patient ON appointment.appointment (patient_id, starts_at);
CREATE INDEX appointment_doctor ON appointment.appointment (doctor_id, starts_at);
CREATE INDEX appointment_facility ON appointment.appointment (facility_id, local_date);
CREATE INDEX appointment_starts_at ON appointment.appointment (starts_at);
CREATE INDEX appointment_series_id ON appointment.appointment (series_id) WHERE series_id IS NOT NULL;
CREATE INDEX appointment_type_id ON appointment.appointment (type_id);
CREATE INDEX appointment_group ON appointment.appointment (group_key) WHERE group_key IS NOT NULL;
CREATE INDEX appointment_encounter ON appointment.appointment (encounter_id) WHERE encounter_id IS NOT NULL;

CREATE TABLE appointment.appointment_status_event (
  id uuid PRIMARY KEY,
  appointment_id uuid NOT NULL REFERENCES appointment.appointment (id),
  seq integer NOT NULL,
  status text NOT NULL CHECK (status IN (
    'requested', 'scheduled', 'confirmed', 'reminded', 'arrived', 'in_room', 'completed', 'cancelled', 'no_show',
    'left', 'unknown'
  )),
  legacy_status text NOT NULL,
  at timestamptz,
  room text,
  changed_by text,
  tracker_legacy_id text NOT NULL,
  legacy_table text NOT NULL,
  legacy_id text NOT NULL,
  extra jsonb NOT NULL DEFAULT '{}',
  dq_flags text[] NOT NULL DEFAULT '{}',
  UNIQUE (legacy_table, legacy_id)
);
COMMENT ON TABLE appointment.appointment_status_event IS 'How an appointment came to its status, from the legacy flow board';
COMMENT ON COLUMN appointment.appointment_status_event.legacy_id IS
  '<patient_tracker.id>:<seq>; the second of a number is <seq>#2, one without a number ?1';
COMMENT ON COLUMN appointment.appointment_status_event.tracker_legacy_id IS
  'patient_tracker.id: the steps of one tracker are replaced together';
COMMENT ON COLUMN appointment.appointment_status_event.changed_by IS 'Username in the legacy system';

CREATE INDEX appointment_status_event_appointment
  ON appointment.appointment_status_event (appointment_id, seq);
CREATE INDEX appointment_status_event_tracker ON appointment.appointment_status_event (tracker_legacy_id);

-- Nothing selects by these, and ANALYZE spends a third of its time on them.
ALTER TABLE appointment.appointment_type ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE appointment.appointment_series ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE appointment.appointment ALTER COLUMN extra SET STATISTICS 0;
ALTER TABLE appointment.appointment_status_event ALTER COLUMN extra SET STATISTICS 0;
