-- The tables of a clinic system that has grown for twenty years. Everything in it is invented.

CREATE TABLE departments (
  id smallint unsigned NOT NULL AUTO_INCREMENT,
  name varchar(60) NOT NULL COMMENT 'As printed on the door',
  head_doctor_id int DEFAULT NULL,
  floor tinyint NOT NULL DEFAULT 0,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE doctors (
  id int NOT NULL AUTO_INCREMENT,
  department_id smallint unsigned DEFAULT NULL,
  supervisor_id int DEFAULT NULL,
  fname varchar(50) CHARACTER SET latin1 NOT NULL DEFAULT '',
  lname varchar(50) CHARACTER SET latin1 NOT NULL DEFAULT '',
  `Specialty` varchar(80) DEFAULT NULL,
  license char(12) CHARACTER SET ascii NOT NULL,
  signature blob,
  hired date NOT NULL DEFAULT '0000-00-00',
  active tinyint(1) NOT NULL DEFAULT 1,
  shift_start time NOT NULL DEFAULT '08:00:00',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE option_list (
  list_id varchar(31) NOT NULL DEFAULT '',
  option_id varchar(31) NOT NULL DEFAULT '',
  title varchar(255) NOT NULL DEFAULT '',
  seq int NOT NULL DEFAULT 0,
  is_default tinyint(1) NOT NULL DEFAULT 0,
  `group` varchar(20) DEFAULT NULL,
  PRIMARY KEY (list_id, option_id)
) ENGINE=MyISAM DEFAULT CHARSET=latin1;

CREATE TABLE `Patient_Data` (
  pid bigint NOT NULL AUTO_INCREMENT,
  uuid binary(16) NOT NULL,
  fname varchar(60) CHARACTER SET latin1 NOT NULL DEFAULT '',
  lname varchar(60) CHARACTER SET latin1 NOT NULL DEFAULT '',
  `DOB` date NOT NULL DEFAULT '0000-00-00',
  sex enum('f','m','x') DEFAULT NULL,
  phone char(20) CHARACTER SET ascii NOT NULL DEFAULT '',
  email varchar(120) DEFAULT NULL,
  street varchar(120) CHARACTER SET latin1 DEFAULT NULL,
  city varchar(60) CHARACTER SET latin1 DEFAULT NULL,
  insured_number char(14) CHARACTER SET ascii NOT NULL,
  deceased tinyint(1) NOT NULL DEFAULT 0 COMMENT '2: so it was reported, never confirmed',
  balance decimal(12,2) NOT NULL DEFAULT 0.00,
  warnings set('allergy','implant','interpreter','wheelchair') NOT NULL DEFAULT '',
  consents bit(8) NOT NULL DEFAULT b'0',
  notes text,
  preferences json DEFAULT NULL,
  doctor_id int DEFAULT NULL,
  registered datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  full_name varchar(122) GENERATED ALWAYS AS (concat(lname, ', ', fname)) STORED,
  PRIMARY KEY (pid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='One row for each person ever seen';

CREATE TABLE patient_doctor (
  pid bigint NOT NULL,
  doctor_id int NOT NULL,
  since date DEFAULT NULL,
  `role` varchar(20) CHARACTER SET latin1 NOT NULL DEFAULT 'treating',
  PRIMARY KEY (pid, doctor_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE insurance (
  id int unsigned NOT NULL AUTO_INCREMENT,
  pid bigint NOT NULL,
  provider varchar(80) CHARACTER SET latin1 NOT NULL DEFAULT '',
  policy varchar(40) NOT NULL DEFAULT '',
  valid_from date NOT NULL DEFAULT '0000-00-00',
  valid_to date NOT NULL DEFAULT '0000-00-00' COMMENT '0000-00-00: without an end',
  copay decimal(20,10) DEFAULT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE appointments (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  pid bigint NOT NULL,
  doctor_id int NOT NULL COMMENT 'No foreign key: doctors have been deleted',
  `Date` date NOT NULL,
  `start` time NOT NULL DEFAULT '00:00:00',
  `end` time NOT NULL DEFAULT '00:00:00',
  status enum('booked','arrived','done','no show','cancelled') NOT NULL DEFAULT 'booked',
  reason varchar(150) DEFAULT NULL,
  room char(6) CHARACTER SET latin1 NOT NULL DEFAULT '',
  reminded tinyint(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE encounters (
  id int NOT NULL AUTO_INCREMENT,
  pid bigint NOT NULL,
  appointment_id bigint unsigned DEFAULT NULL COMMENT 'No foreign key: old appointments were purged',
  doctor_id int DEFAULT NULL,
  seen datetime(3) NOT NULL,
  onset datetime DEFAULT '0000-00-00 00:00:00',
  delay time DEFAULT NULL COMMENT 'Negative: seen before the appointment',
  billed decimal(65,30) DEFAULT NULL,
  findings mediumtext CHARACTER SET latin1,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE vitals (
  encounter_id int NOT NULL,
  temperature float DEFAULT NULL,
  weight double DEFAULT NULL,
  systolic smallint DEFAULT NULL,
  pulse tinyint unsigned DEFAULT NULL,
  steps mediumint unsigned DEFAULT NULL,
  clock_drift time(3) DEFAULT NULL,
  device_year year DEFAULT NULL,
  measured timestamp(6) NULL DEFAULT NULL,
  PRIMARY KEY (encounter_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE prescriptions (
  id int NOT NULL AUTO_INCREMENT,
  pid bigint NOT NULL,
  doctor_id int DEFAULT NULL,
  drug varchar(100) NOT NULL DEFAULT '',
  dose decimal(9,4) NOT NULL DEFAULT 1.0000,
  `interval` varchar(30) DEFAULT NULL,
  status enum('active','paused','ended') NOT NULL DEFAULT 'active',
  start_date date DEFAULT NULL,
  refills tinyint NOT NULL DEFAULT 0,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE documents (
  id int NOT NULL AUTO_INCREMENT,
  pid bigint NOT NULL,
  title varchar(120) NOT NULL DEFAULT '',
  mime_type varchar(60) CHARACTER SET ascii NOT NULL DEFAULT 'application/pdf',
  content mediumblob NOT NULL,
  checksum binary(20) NOT NULL,
  metadata json DEFAULT NULL,
  deleted bit(1) NOT NULL DEFAULT b'0',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE referrals (
  id int NOT NULL AUTO_INCREMENT,
  pid bigint NOT NULL,
  to_doctor_id int DEFAULT NULL,
  referred date DEFAULT NULL,
  question text,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE audit_log (
  at datetime NOT NULL,
  `user` varchar(30) NOT NULL DEFAULT '',
  action varchar(20) NOT NULL DEFAULT '',
  pid bigint NOT NULL DEFAULT 0,
  detail text
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='Never had a key';
