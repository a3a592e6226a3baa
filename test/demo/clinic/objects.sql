-- What stands on the tables, made after the rows because it is faster then. Foreign keys are not checked meanwhile,
-- as they were not when the orphans came in.

ALTER TABLE departments
  ADD UNIQUE KEY name (name),
  ADD CONSTRAINT departments_head FOREIGN KEY (head_doctor_id) REFERENCES doctors (id) ON DELETE SET NULL;

ALTER TABLE doctors
  ADD UNIQUE KEY license (license),
  ADD CONSTRAINT doctors_department FOREIGN KEY (department_id) REFERENCES departments (id),
  ADD CONSTRAINT doctors_supervisor FOREIGN KEY (supervisor_id) REFERENCES doctors (id) ON UPDATE CASCADE;

ALTER TABLE `Patient_Data`
  ADD UNIQUE KEY uuid (uuid),
  ADD KEY name (lname, fname),
  ADD KEY notes_start (notes(20)),
  ADD CONSTRAINT patient_doctor FOREIGN KEY (doctor_id) REFERENCES doctors (id);

ALTER TABLE patient_doctor
  ADD CONSTRAINT join_patient FOREIGN KEY (pid) REFERENCES `Patient_Data` (pid) ON DELETE CASCADE,
  ADD CONSTRAINT join_doctor FOREIGN KEY (doctor_id) REFERENCES doctors (id) ON DELETE CASCADE;

ALTER TABLE insurance
  ADD CONSTRAINT insurance_patient FOREIGN KEY (pid) REFERENCES `Patient_Data` (pid);

ALTER TABLE appointments
  ADD KEY by_doctor (doctor_id, `Date`, `start`),
  ADD CONSTRAINT appointment_patient FOREIGN KEY (pid) REFERENCES `Patient_Data` (pid) ON DELETE CASCADE;

ALTER TABLE encounters
  ADD CONSTRAINT encounter_patient FOREIGN KEY (pid) REFERENCES `Patient_Data` (pid);

ALTER TABLE encounters ADD FULLTEXT KEY findings (findings);

ALTER TABLE vitals
  ADD CONSTRAINT vitals_encounter FOREIGN KEY (encounter_id) REFERENCES encounters (id) ON DELETE CASCADE;

ALTER TABLE prescriptions
  ADD KEY by_drug (drug(10)),
  ADD CONSTRAINT prescription_patient FOREIGN KEY (pid) REFERENCES `Patient_Data` (pid);

ALTER TABLE documents
  ADD CONSTRAINT document_patient FOREIGN KEY (pid) REFERENCES `Patient_Data` (pid);

ALTER TABLE referrals
  ADD CONSTRAINT referral_patient FOREIGN KEY (pid) REFERENCES `Patient_Data` (pid),
  ADD CONSTRAINT referral_doctor FOREIGN KEY (to_doctor_id) REFERENCES doctors (id);

ALTER TABLE audit_log ADD KEY at (at);

CREATE VIEW open_appointments AS
  SELECT a.id, a.`Date`, p.full_name FROM appointments a JOIN `Patient_Data` p ON p.pid = a.pid WHERE a.status = 'booked';

DELIMITER //

CREATE TRIGGER patient_renamed AFTER UPDATE ON `Patient_Data` FOR EACH ROW
BEGIN
  IF NEW.lname <> OLD.lname THEN
    INSERT INTO audit_log VALUES (NOW(), 'trigger', 'rename', NEW.pid, NULL);
  END IF;
END//

CREATE PROCEDURE close_day(IN day date)
BEGIN
  UPDATE appointments SET status = 'no show' WHERE `Date` = day AND status = 'booked';
END//

CREATE FUNCTION age_on(born date, day date) RETURNS int DETERMINISTIC
BEGIN
  RETURN TIMESTAMPDIFF(YEAR, born, day);
END//

DELIMITER ;
