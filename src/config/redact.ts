import type { DatabaseSettings, Settings } from './settings.ts';

/** A copy of the Settings that may be logged: each secret says only whether it is set. The original is not changed. */
export function redact(settings: Settings) {
  return {
    ...settings,
    fieldKey: settings.fieldKey === null ? null : '[set]',
    source: redactDatabase(settings.source),
    targets: Object.fromEntries(
      Object.entries(settings.targets).map(([service, target]) => [service, redactDatabase(target)]),
    ),
  };
}

function redactDatabase<D extends DatabaseSettings>(database: D): D {
  return { ...database, password: database.password === '' ? '[empty]' : '[set]' };
}
