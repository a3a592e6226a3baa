CREATE SCHEMA appointment;

CREATE TABLE appointment.appointment (
  id uuid PRIMARY KEY,
  patient_id uuid NOT NULL,
  doctor_id uuid,
  local_date date NOT NULL,
  minutes smallint NOT NULL CHECK (minutes > 0),
  status text NOT NULL CHECK (status IN ('booked', 'done')),
  extra jsonb NOT NULL DEFAULT '{}'
);

CREATE INDEX appointment_by_patient ON appointment.appointment (patient_id, local_date);
