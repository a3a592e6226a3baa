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
    cause: 'No profile has this name, or the module does not export one.',
    fix: 'Use --profile mirror, or the path of a module that exports a profile.',
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
    fix: 'Run bin/schema and then bin/bulk again; with --replace for a table whose columns changed.',
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
    fix: 'Run bin/schema.',
  },
  TARGET_SCHEMA_DIFFERS: {
    exit: EXIT.differences,
    cause: 'The target has objects that differ from the plan; each is named. Nothing was altered.',
    fix: 'Change or drop the named objects yourself, or load into an empty database.',
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
