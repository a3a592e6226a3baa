-- A dentist's own program of twenty years ago: the legacy side of the worked example. Invented people only.
CREATE TABLE dentists (
  no INT NOT NULL PRIMARY KEY,
  name VARCHAR(60) NOT NULL,
  chair VARCHAR(10) NOT NULL DEFAULT ''
);

CREATE TABLE clients (
  no INT NOT NULL PRIMARY KEY AUTO_INCREMENT,
  name VARCHAR(80) NOT NULL,
  born DATE NULL,
  sex CHAR(1) NOT NULL DEFAULT '',
  mobile VARCHAR(30) NOT NULL DEFAULT '',
  insurance_no VARCHAR(20) NOT NULL DEFAULT '',
  shoe_size VARCHAR(10) NOT NULL DEFAULT '',
  gone TINYINT NOT NULL DEFAULT 0
);

CREATE TABLE bookings (
  no INT NOT NULL PRIMARY KEY AUTO_INCREMENT,
  client INT NOT NULL,
  dentist INT NULL,
  day DATE NOT NULL,
  minutes SMALLINT NOT NULL,
  state CHAR(1) NOT NULL,
  remark VARCHAR(200) NOT NULL DEFAULT ''
);
