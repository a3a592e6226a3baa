/**
 * Which room may import which. A room not listed for another is forbidden to it, so that a new dependency between rooms
 * is a decision and not an accident. Run by test/support/boundaries.mjs.
 */
const PHASES = ['schema', 'bulk', 'documents', 'archive', 'sync', 'verify', 'diagnose'];

/** A room's files, as a regular expression on paths. */
const ROOMS = {
  core: '^src/core/',
  config: '^src/config/',
  telemetry: '^src/telemetry/',
  mysql: '^src/mysql/',
  postgres: '^src/postgres/',
  storage: '^src/storage/',
  mapping: '^src/mapping/',
  profiles: '^src/profiles/',
  ledger: '^src/ledger/',
  streams: '^streams/',
  exports: '^src/exports/',
  cdc: '^cdc/',
  preflight: '^src/preflight/',
  ...Object.fromEntries(PHASES.map((phase) => [phase, `^src/${phase}/`])),
  cli: '^src/cli/',
};

/** Of a database room the catalog models alone: plain data and the quoting of names, no connection. */
const MODELS = {
  mysqlModels: '^src/mysql/(catalog-model|identifiers|server-version)\\.ts$',
  postgresModels: '^src/postgres/(catalog-model|schema-plan|identifiers)\\.ts$',
};

const SHARED = [
  'core',
  'config',
  'telemetry',
  'mysql',
  'postgres',
  'mapping',
  'profiles',
  'ledger',
  'streams',
  'exports',
];

const MAY_IMPORT = {
  core: [],
  config: ['core'],
  telemetry: ['core', 'config'],
  mysql: ['core', 'config'],
  postgres: ['core', 'config'],
  storage: ['core', 'config'],
  mapping: ['core', 'mysqlModels', 'postgresModels'],
  profiles: ['core', 'mapping', 'mysqlModels', 'postgresModels'],
  ledger: ['core', 'config', 'mysqlModels', 'postgres'],
  streams: ['core', 'config', 'mapping', 'mysql', 'postgres', 'storage', 'ledger', 'telemetry'],
  exports: ['core', 'config', 'mysql', 'streams'],
  cdc: ['core', 'mysql'],
  preflight: ['core', 'config', 'mysql', 'postgres', 'storage', 'ledger', 'exports'],
  schema: SHARED,
  bulk: [...SHARED, 'storage'],
  documents: [...SHARED, 'storage'],
  archive: [...SHARED, 'storage'],
  verify: [...SHARED, 'storage'],
  diagnose: SHARED,
  cli: [...SHARED, 'preflight', ...PHASES],
};

const PATHS = { ...ROOMS, ...MODELS };

const boundaries = Object.entries(MAY_IMPORT).map(([room, allowed]) => ({
  name: `${room}-imports`,
  comment: `${room} may import: ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: ROOMS[room] },
  to: {
    path: '^(src|streams|cdc|dashboard|test|bin)/',
    pathNot: [ROOMS[room], ...allowed.map((name) => PATHS[name])],
  },
}));

module.exports = {
  forbidden: [
    ...boundaries,
    {
      name: 'known-rooms',
      comment: 'A new folder needs a line in this table first.',
      severity: 'error',
      from: {
        path: '^(src|streams|cdc)/',
        pathNot: Object.values(ROOMS),
      },
      to: {},
    },
    {
      name: 'no-cycles',
      comment: 'Not even of types: what two files need of each other belongs in a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-missing-modules',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^\\.\\./dist/' },
    },
    {
      name: 'no-development-packages',
      comment: 'What runs in production may not need a development dependency.',
      severity: 'error',
      from: { path: '^(src|streams|cdc)/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.mjs', '.json', '.d.ts'],
      conditionNames: ['import', 'types', 'node'],
    },
  },
};
