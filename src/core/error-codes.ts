import { EXIT, type ExitCode } from './exit-codes.ts';

interface ErrorCodeEntry {
  exit: ExitCode;
  /** What the code means, for the table in the README. */
  cause: string;
  /** What the operator does next. */
  fix: string;
}

/** Every error this program raises on purpose. The README's table is generated from it; a test keeps both equal. */
export const ERROR_CODES = {
  CONFIG_INVALID: {
    exit: EXIT.usage,
    cause: 'One or more settings are missing or wrong; each is named.',
    fix: 'Correct the named variables in the environment or the .env file.',
  },
  USAGE: {
    exit: EXIT.usage,
    cause: 'The command line is not understood.',
    fix: 'See --help of the command.',
  },
  PROFILE_UNKNOWN: {
    exit: EXIT.usage,
    cause: 'No profile has this name, or the module is not one that can be used; the message says why.',
    fix: 'Use --profile mirror, --profile openemr, or the path of a module that exports a profile, and mend what the message names.',
  },
  PROFILE_FAULT: {
    exit: EXIT.usage,
    cause:
      'A function of the profile failed; mapping, column and place are named. Its chunk or batch was rolled back.',
    fix: 'Mend the function. A value that cannot be used is told by refuse(), or by NULL with a flag. Then start the command again: it resumes.',
  },
  PLAINTEXT_REFUSED: {
    exit: EXIT.usage,
    cause: 'TLS is switched off for a host that is not this machine.',
    fix: 'Set the SSL mode to verify-full and give the CA.',
  },
  SOURCE_UNREACHABLE: {
    exit: EXIT.precondition,
    cause: 'The source server does not answer at this host and port.',
    fix: 'Check LEGACY_DB_HOST, LEGACY_DB_PORT, the firewall, and that the server runs.',
  },
  SOURCE_ACCESS_DENIED: {
    exit: EXIT.precondition,
    cause: 'The source server refused the user or the password, or a privilege is missing.',
    fix: 'Check LEGACY_DB_USER and LEGACY_DB_PASSWORD; bin/test-connection prints the GRANT that is missing.',
  },
  SOURCE_DATABASE_MISSING: {
    exit: EXIT.precondition,
    cause: 'The source server has no database of this name, or the user may not see it.',
    fix: 'Check LEGACY_DB_NAME.',
  },
  SOURCE_TLS: {
    exit: EXIT.precondition,
    cause: 'No trusted TLS connection to the source could be made.',
    fix: 'Give the CA in LEGACY_DB_SSL_CA, or check the certificate and its host name.',
  },
  SOURCE_LOST: {
    exit: EXIT.unexpected,
    cause: 'The connection to the source was lost and did not come back within the retry time.',
    fix: 'Bring the source server back and start the command again: it resumes.',
  },
  SOURCE_TABLE_CHANGED: {
    exit: EXIT.precondition,
    cause: 'A table of the source was dropped or altered after the plan was made.',
    fix: 'Run bin/schema and then bin/bulk again; with --replace for a table whose columns changed. Of a mapping of yours, bin/diagnose says what was meant.',
  },
  SOURCE_QUERY_FAILED: {
    exit: EXIT.unexpected,
    cause: 'The source refused a statement for a reason that retrying does not mend.',
    fix: 'The source error number is in the message; look it up in the server manual.',
  },
  SOURCE_DRIVER_CHANGED: {
    exit: EXIT.unexpected,
    cause:
      'The MySQL driver in node_modules is not the pinned version whose internals the row reader relies on.',
    fix: 'Install with npm ci.',
  },
  SOURCE_TYPE_UNKNOWN: {
    exit: EXIT.precondition,
    cause: 'A column has a type that no mapping is known for.',
    fix: 'Leave the table out with --tables, or change the column type at the source.',
  },
  CDC_METADATA_NOT_FULL: {
    exit: EXIT.precondition,
    cause:
      'The binlog describes a table without its column names: binlog_row_metadata is not FULL, at the server or in the session that wrote.',
    fix: 'Run SET GLOBAL binlog_row_metadata = FULL at the source, reconnect its applications, and load the named table again.',
  },
  CDC_IMAGE_NOT_FULL: {
    exit: EXIT.precondition,
    cause:
      'A change in the binlog does not hold every column: binlog_row_image is not FULL, or binlog_row_value_options is not empty.',
    fix: "Run SET GLOBAL binlog_row_image = FULL at the source (and on MySQL SET GLOBAL binlog_row_value_options = ''), reconnect its applications, and load the named table again.",
  },
  CDC_TABLE_CHANGED: {
    exit: EXIT.precondition,
    cause:
      'A table in the binlog does not have the columns that the plan was made for. Nothing of it was read.',
    fix: 'Compare the named column with the plan (bin/schema --print), bring the target in line, and load the table again.',
  },
  CDC_TYPE_UNKNOWN: {
    exit: EXIT.precondition,
    cause:
      'A column in the binlog has a type, a storage format or a character set that cannot be read exactly.',
    fix: 'Leave the table out with --tables, or change the named column at the source and load the table again.',
  },
  CDC_EVENT_MALFORMED: {
    exit: EXIT.unexpected,
    cause:
      'An event of the binlog does not have the form that its type prescribes. Nothing of it was applied.',
    fix: 'Check the binlog file at the source (mysqlbinlog --verify-binlog-checksum); if it is sound, keep the log and report it.',
  },
  CDC_EVENT_TOO_LARGE: {
    exit: EXIT.precondition,
    cause: 'A compressed event of the binlog would expand beyond the memory that it may take.',
    fix: 'Lower binlog_row_event_max_size at the source, or switch log_bin_compress off, and load the named table again.',
  },
  TARGET_UNREACHABLE: {
    exit: EXIT.precondition,
    cause: 'The target server does not answer at this host and port.',
    fix: 'Check TARGET_DB_HOST, TARGET_DB_PORT, the firewall, and that the server runs.',
  },
  TARGET_ACCESS_DENIED: {
    exit: EXIT.precondition,
    cause: 'The target server refused the user or the password, or a privilege is missing.',
    fix: 'Check TARGET_DB_USER and TARGET_DB_PASSWORD; bin/test-connection prints the GRANT that is missing.',
  },
  TARGET_DATABASE_MISSING: {
    exit: EXIT.precondition,
    cause: 'The target server has no database of this name.',
    fix: 'Run bin/schema, which creates it, or check TARGET_DB_NAME.',
  },
  TARGET_TLS: {
    exit: EXIT.precondition,
    cause: 'No trusted TLS connection to the target could be made.',
    fix: 'Give the CA in TARGET_DB_SSL_CA, or check the certificate and its host name.',
  },
  TARGET_LOST: {
    exit: EXIT.unexpected,
    cause: 'The connection to the target was lost and did not come back within the retry time.',
    fix: 'Bring the target server back and start the command again: it resumes.',
  },
  TARGET_FULL: {
    exit: EXIT.precondition,
    cause:
      'The target has no disk space left. The open chunks were rolled back; every finished chunk is kept.',
    fix: 'Free or add disk space and start the command again: it resumes.',
  },
  TARGET_STATEMENT_FAILED: {
    exit: EXIT.unexpected,
    cause: 'The target refused a statement for a reason that retrying does not mend.',
    fix: 'The SQLSTATE is in the message; see the PostgreSQL manual, appendix A.',
  },
  TARGET_SCHEMA_MISSING: {
    exit: EXIT.precondition,
    cause: 'Tables or columns that the plan needs are not in the target.',
    fix: 'Run bin/schema; where it has nothing to do, bin/diagnose says which columns do not fit, and what was meant.',
  },
  TARGET_SCHEMA_DIFFERS: {
    exit: EXIT.differences,
    cause: 'The target has objects that differ from the plan; each is named. Nothing was altered.',
    fix: 'bin/schema prints the SQL that would mend each object and never runs it: run what you agree with, then bin/schema again. Or load into an empty database.',
  },
  TARGET_NOT_EMPTY: {
    exit: EXIT.precondition,
    cause: 'A target table holds rows that no run of Transfuse loaded.',
    fix: 'Empty it yourself, or say --replace to have it emptied.',
  },
  TARGET_ENCODING: {
    exit: EXIT.precondition,
    cause: 'The target database is not encoded in UTF8.',
    fix: "Create it with ENCODING 'UTF8' TEMPLATE template0.",
  },
  CDC_POSITION_PURGED: {
    exit: EXIT.precondition,
    cause:
      'The source has deleted binlog files that were still needed. Changes in them are lost to the sync.',
    fix: 'Load the tables again with bin/bulk --replace, which starts a new position; before that, raise binlog_expire_logs_seconds at the source.',
  },
  CDC_POSITION_INVALID: {
    exit: EXIT.precondition,
    cause:
      'The recorded position does not exist in the binlog of this source: it was reset, renumbered or restored.',
    fix: 'Connect to the server on which the run began, or load the tables again with bin/bulk --replace.',
  },
  CDC_SOURCE_REPLACED: {
    exit: EXIT.precondition,
    cause:
      'This is another server than the one on which the run began, and without GTIDs its binlog cannot be joined.',
    fix: 'Connect to the former server, or load the tables again with bin/bulk --replace.',
  },
  CDC_BINLOG_OFF: {
    exit: EXIT.precondition,
    cause: 'The source writes no binlog.',
    fix: 'Switch it on with log_bin, restart the source, and load the tables again.',
  },
  CDC_BINLOG_CORRUPT: {
    exit: EXIT.unexpected,
    cause: 'The binlog, or what arrived of it, is damaged. Nothing of the transaction concerned was applied.',
    fix: 'Start the command again; if it stops at the same position, check that file at the source with mysqlbinlog --verify-binlog-checksum.',
  },
  CDC_SERVER_ID_TAKEN: {
    exit: EXIT.precondition,
    cause:
      'Another reader of the same binlog uses the same server id, so the source ends the one or the other.',
    fix: 'Stop the other reader, or give it another server id.',
  },
  CDC_EVENT_UNSUPPORTED: {
    exit: EXIT.precondition,
    cause: 'The binlog holds an event that cannot be applied with certainty. The sync stopped before it.',
    fix: 'Load the tables again with bin/bulk --replace once the source no longer writes such events.',
  },
  CDC_STATEMENT_FORMAT: {
    exit: EXIT.precondition,
    cause: 'A session at the source logged its changes as statements, which do not say which rows changed.',
    fix: 'Set binlog_format=ROW for all sessions at the source, and load the tables again with bin/bulk --replace.',
  },
  CDC_XA_UNSUPPORTED: {
    exit: EXIT.precondition,
    cause: 'A transaction in two phases (XA PREPARE) changed rows. The sync stopped before it.',
    fix: 'Let no application use XA on these tables, and load them again with bin/bulk --replace.',
  },
  LEDGER_TOO_NEW: {
    exit: EXIT.precondition,
    cause: 'The ledger in the target was written by a newer version of Transfuse.',
    fix: 'Use the version that wrote it, or a newer one.',
  },
  RUN_OPTIONS_DIFFER: {
    exit: EXIT.precondition,
    cause: 'A table was loaded under other settings, or by another profile, than those given now.',
    fix: 'Give the settings that the run was made with, or load the named tables again with bin/bulk --tables NAMES --replace.',
  },
  NAME_COLLISION: {
    exit: EXIT.precondition,
    cause: 'Two source names become the same target name; both are given.',
    fix: 'Set IDENTIFIER_CASE=keep, or rename one at the source.',
  },
  LOCK_HELD: {
    exit: EXIT.locked,
    cause:
      'Another command is writing to the same target; the message says which, from where and since when.',
    fix: 'Wait for it to end, or stop it.',
  },
  LOCK_LOST: {
    exit: EXIT.unexpected,
    cause: 'The session that held the lock on the target ended. Writing stopped at once.',
    fix: 'Start the command again: it resumes.',
  },
  COUNTS_DIFFER: {
    exit: EXIT.unexpected,
    cause: 'Rows read do not equal rows loaded + filtered + rejected. The chunk was rolled back.',
    fix: 'This is a fault of Transfuse: keep the log and report it.',
  },
  REJECTS_EXCEEDED: {
    exit: EXIT.rejects,
    cause: 'More rows were rejected than MAX_REJECTS allows. Everything else was loaded.',
    fix: 'Look at transfuse.rejects in the target, mend the rows at the source, and run again with --retry-rejects.',
  },
  RESTORE_INCOMPLETE: {
    exit: EXIT.differences,
    cause:
      'All rows are loaded, but some indexes or constraints could not be put back; each is named with its reason.',
    fix: 'Mend the rows at the source or in the target, then run bin/bulk again: it restores what is left.',
  },
  MAPPING_MISFIT: {
    exit: EXIT.differences,
    cause:
      'Mappings do not fit the source, the target, or the rows that were looked at; each misfit is listed. Nothing was written.',
    fix: 'Change the mapping, the target or the rows as each line says, and run bin/diagnose again.',
  },
  PREREQUISITES: {
    exit: EXIT.precondition,
    cause: 'One or more prerequisites are not met; each is listed with its remedy.',
    fix: 'Apply the remedies and run bin/test-connection again.',
  },
  NOTHING_TO_DO: {
    exit: EXIT.usage,
    cause: 'The selection of tables matches nothing in the source.',
    fix: 'Check the names given to --tables.',
  },
  RELOAD_TOGETHER: {
    exit: EXIT.precondition,
    cause:
      'Tables are to be loaded again without others whose rows depend on them: by foreign keys that the source does not log, or by a query of the profile.',
    fix: 'Load the tables that are named together: bin/bulk --tables … --replace.',
  },
  SYNC_NOT_LOADED: {
    exit: EXIT.precondition,
    cause: 'There is no finished bulk load in the target that a sync could go on from.',
    fix: 'Run bin/bulk to its end first. Where a load has no binlog position, switch the binlog on and load again with --replace.',
  },
  CDC_SCHEMA_CHANGED: {
    exit: EXIT.precondition,
    cause:
      'A table that is synced was altered at the source. Everything before that is applied; nothing after it.',
    fix: 'Bring the target to the new form, load the tables named with bin/bulk --tables … --replace, then start sync again. Or let the one statement pass with bin/sync --accept-schema.',
  },
  SYNC_IMPOSSIBLE: {
    exit: EXIT.precondition,
    cause:
      'A table can be loaded but not synced: its rows, or the effects of its foreign keys, cannot be found again.',
    fix: 'Give the table a primary key at the source, or leave it out with --tables.',
  },
  SYNC_KEY_MISSING: {
    exit: EXIT.precondition,
    cause: 'A target table has no unique index on the columns by which sync finds its rows.',
    fix: 'Create the index with the statement that is given, or run bin/schema.',
  },
  SYNC_CONFLICT: {
    exit: EXIT.differences,
    cause:
      'A change of the source breaks a constraint of the target, also when applied alone and in the order of the source. Nothing of its batch was kept.',
    fix: 'Look for rows that were changed in the target by others and mend them. Look for open rejects too (bin/status): the older version of a rejected row stays where others refer to it, and may itself refer to a row that is to go; mend it at the source. Or drop the constraint that the source does not have. Then start sync again: it resumes.',
  },
  SYNC_FOREIGN_WRITE: {
    exit: EXIT.precondition,
    cause:
      'FOREIGN_WRITES=stop, and the next changes of the source would overwrite rows that others have written to the target. Nothing was overwritten.',
    fix: "See them in the target: SELECT * FROM transfuse.foreign_writes WHERE overwritten_at IS NULL. Delete the lines there whose rows the source may overwrite, or run with FOREIGN_WRITES=warn, which keeps others' rows in that table; then start sync again: it resumes.",
  },
  EXPORT_MISSING: {
    exit: EXIT.precondition,
    cause: 'There are no exports where LEGACY_EXPORTS_DIR says, or an archive is not whole.',
    fix: 'Check LEGACY_EXPORTS_DIR: files named <table>.csv, .ndjson, .jsonl or .json, perhaps with .gz; or an archive with its manifest.json.',
  },
  EXPORT_MALFORMED: {
    exit: EXIT.precondition,
    cause:
      'An exported file is not in the format that its name says, or has other columns than its table. Its chunk was rolled back.',
    fix: 'Check CSV_DELIMITER, CSV_ESCAPE, CSV_CHARSET and CSV_HEADER, or mend the file; then start the command again: it resumes.',
  },
  STORAGE_UNREACHABLE: {
    exit: EXIT.precondition,
    cause: 'The object store does not answer, or not in time.',
    fix: 'Check the network, and GCS_API_ENDPOINT where it is set.',
  },
  STORAGE_LOST: {
    exit: EXIT.unexpected,
    cause:
      'The object store did not take an object for RETRY_TIMEOUT_SECONDS. What was stored before is kept.',
    fix: 'Start the command again when the object store answers: it resumes.',
  },
  STORAGE_CREDENTIALS: {
    exit: EXIT.precondition,
    cause: 'There are no application-default credentials, or they are refused.',
    fix: "Give a service account's file in GOOGLE_APPLICATION_CREDENTIALS, run where workload identity gives one, or sign in with gcloud auth application-default login.",
  },
  STORAGE_ACCESS_DENIED: {
    exit: EXIT.precondition,
    cause: 'The account may not do this in the bucket.',
    fix: 'Grant it roles/storage.objectAdmin on the bucket; and, with GCS_KMS_KEY, the service agent of Cloud Storage roles/cloudkms.cryptoKeyEncrypterDecrypter on the key.',
  },
  STORAGE_BUCKET_MISSING: {
    exit: EXIT.precondition,
    cause: 'There is no bucket of this name, or the account may not see it.',
    fix: 'Create the bucket, or check GCS_BUCKET.',
  },
  STORAGE_NOT_UNDERSTOOD: {
    exit: EXIT.precondition,
    cause: 'What answers in the place of the object store is none: a proxy, perhaps, or another server.',
    fix: 'Check GCS_API_ENDPOINT, and the proxies on the way.',
  },
  STORAGE_REFUSED: {
    exit: EXIT.unexpected,
    cause: 'The object store refused a request for good; the status is given.',
    fix: 'Check GCS_KMS_KEY and the policies of the bucket.',
  },
  STORAGE_CHECKSUM: {
    exit: EXIT.unexpected,
    cause: 'What the object store has stored is not what was sent, time and again. It was removed.',
    fix: 'Look for a proxy between here and the object store that changes contents; then start the command again.',
  },
  STORAGE_OBJECT_MISSING: {
    exit: EXIT.differences,
    cause: 'An object that should be in the bucket, in the generation that was noted, is not there.',
    fix: 'Look who has removed or replaced it; soft delete of the bucket may still have it.',
  },
  STORAGE_OBJECT_DIFFERS: {
    exit: EXIT.differences,
    cause: 'The bucket has an object of this name with other content. It was left as it is.',
    fix: 'Look who has written below GCS_PATH, remove the object or give another GCS_PATH; then start the command again.',
  },
  DOCUMENTS_LOST: {
    exit: EXIT.differences,
    cause: 'Objects of documents are not in the bucket any more, or in another generation than was stored.',
    fix: 'Look who writes to the bucket; soft delete may still have them. To store them again: DELETE FROM transfuse.documents for those object names in the target, then bin/bulk documents.',
  },
  ARCHIVE_MISSING: {
    exit: EXIT.precondition,
    cause: 'The bucket has no whole archive of this name, or one that this version cannot read.',
    fix: 'Make one with bin/archive; or check GCS_BUCKET, GCS_PATH, LEGACY_DB_NAME and the id.',
  },
  ARCHIVE_DIFFERS: {
    exit: EXIT.differences,
    cause: 'An archive is not as its manifest says, or the source has other rows than it by now.',
    fix: 'Where parts are replaced or gone, look who writes to the bucket: soft delete or an object version may have them. Where the source has other rows, it is in use: bin/archive --new.',
  },
  VERIFY_DIFFERS: {
    exit: EXIT.differences,
    cause: 'Rows of the target are not what the source and its mappings make of them.',
    fix: 'Look at the report; the keys of the rows are in transfuse.differences of the target, under the digests that it names. Where the source has changed meanwhile: bin/sync, then bin/verify again.',
  },
  ATTESTED_ROWS_CHANGED: {
    exit: EXIT.differences,
    cause: 'The target is not what a report attests any more: rows have come, gone or changed since.',
    fix: 'Where the new system is in use, they are expected to. Otherwise bin/verify names the rows while the source is there.',
  },
  REPORT_NOT_GENUINE: {
    exit: EXIT.differences,
    cause: 'A report is not what was signed, or was signed by somebody else. Nothing of it was compared.',
    fix: 'Do not rely on it: look for the original. Where the key is at fault, check SIGNING_PUBLIC_KEY.',
  },
  REPORT_ORIGIN_UNKNOWN: {
    exit: EXIT.precondition,
    cause: 'A report is not signed, or whose key signed it is not known here. What it attests was compared.',
    fix: 'Set SIGNING_PUBLIC_KEY to the file of the public key of whoever signs (openssl pkey -in signing.pem -pubout); set SIGNING_KEY when the report is made.',
  },
  SIGNING_KEY_UNUSABLE: {
    exit: EXIT.usage,
    cause: 'The file of SIGNING_KEY or SIGNING_PUBLIC_KEY is no key of Ed25519 in PEM, or is encrypted.',
    fix: 'Make one: openssl genpkey -algorithm ed25519 -out signing.pem.',
  },
  VERIFY_INCOMPLETE: {
    exit: EXIT.precondition,
    cause: 'Something could not be compared; what was compared does not differ.',
    fix: 'The report says what, and why: load it, sync it, or leave it out with --tables.',
  },
  VERIFY_NOTHING_PROVEN: {
    exit: EXIT.precondition,
    cause:
      'bin/verify --since-last goes on from a verification in which nothing differed, and there is none of this load.',
    fix: 'Run bin/verify once without --since-last.',
  },
  VERIFY_NOT_FOLLOWED: {
    exit: EXIT.precondition,
    cause: 'bin/verify --live waits for a sync that does not run, or does not get on. Nothing was decided.',
    fix: 'Start bin/sync --continuous, look at bin/status, and verify again; without --live where the source stands still.',
  },
  VERIFY_NOT_LOADED: {
    exit: EXIT.precondition,
    cause: 'There is nothing to compare: the target holds no load of this source and profile.',
    fix: 'Load first: bin/bulk. Or check LEGACY_DB_NAME, TARGET_DB_NAME and --profile.',
  },
  DOCUMENTS_ROOT_UNUSABLE: {
    exit: EXIT.precondition,
    cause: 'DOCUMENTS_ROOT is no directory, or cannot be read.',
    fix: 'Set it to the directory of the legacy files (of OpenEMR: sites/<site>/documents), mounted here and readable by this user.',
  },
  DOCUMENTS_ROOT_LOST: {
    exit: EXIT.unexpected,
    cause:
      'DOCUMENTS_ROOT is another directory than when the command began, or gone, or has none of the files that it had.',
    fix: 'Mount it again, then start the command again: it resumes.',
  },
  CHECKPOINT_MOVED: {
    exit: EXIT.locked,
    cause: 'Another command has moved the checkpoint while this one was applying changes.',
    fix: 'Stop the other command, or leave it to its work; this one resumes when started again.',
  },
  INTERRUPTED: {
    exit: EXIT.interrupted,
    cause: 'Stopped by a signal. Every finished chunk is kept.',
    fix: 'Start the same command again: it resumes.',
  },
  UNEXPECTED: {
    exit: EXIT.unexpected,
    cause: 'A fault that was not foreseen.',
    fix: 'Keep the log and report it. Starting the command again is safe.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof ERROR_CODES;
