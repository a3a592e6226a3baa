/** What a verification came to, as it may leave the databases: names, counts, digests. No key and no value of a row (invariant 9). */
import { operator } from '../core/operator.ts';
import { VERSION } from '../core/version.ts';
import type { BinlogPosition } from '../core/position.ts';
import type { SourceCatalog } from '../mysql/catalog-model.ts';
import { keyDigest } from '../verify/differences.ts';
import { differencesIn, type MappingResult } from '../verify/mapping-result.ts';
import type { Relationship } from '../verify/relationships.ts';
import type { SampleRequest } from '../verify/verify-context.ts';
import { allDifferences } from '../verify/verify-report.ts';
import type { VerifiedDatabase } from './verify-pass.ts';
import type { Repair } from './verify-repair.ts';

export type VerifyDocument = ReturnType<typeof verifyDocument>;
export type VerifiedMappingDocument = ReturnType<typeof mappingDocument>;

/** Rows that are named by their digests, of each mapping. */
const MAX_NAMED = 100;

export function verifyDocument(
  verified: readonly VerifiedDatabase[],
  {
    profile,
    source,
    relationships,
    repairs,
    samples,
  }: {
    profile: string;
    source: Pick<SourceCatalog, 'database' | 'flavor'>;
    relationships: readonly Relationship[];
    repairs: readonly Repair[];
    samples: SampleRequest;
  },
) {
  const databases = verified.map(databaseDocument);
  const sum = (pick: (mapping: VerifiedMappingDocument) => number): number =>
    databases.reduce((total, { mappings }) => total + mappings.reduce((rows, one) => rows + pick(one), 0), 0);
  return {
    toolVersion: VERSION,
    profile,
    source: { database: source.database, flavor: source.flavor },
    finishedAt: new Date().toISOString(),
    by: operator(),
    rowsCompared: sum(({ rowsExpected }) => rowsExpected),
    differences: verified.reduce((total, { verification }) => total + allDifferences(verification), 0),
    changing: sum(({ changing }) => changing),
    notCompared: databases.reduce((total, { notCompared }) => total + notCompared.length, 0),
    samples: { size: samples.size, seed: samples.seed },
    databases,
    relationships,
    repairs,
  };
}

function databaseDocument({ destination, verification }: VerifiedDatabase) {
  const {
    id,
    runId,
    columns,
    since,
    startedAt,
    elapsedMs,
    positionBefore,
    positionAfter,
    checkpoint,
    notCompared,
    documents,
    digestKey,
  } = verification;
  return {
    database: destination.database.database,
    services: destination.services,
    verification: id,
    run: runId,
    columns,
    since: since && { startedAt: since.startedAt.toISOString(), position: since.position },
    startedAt: startedAt.toISOString(),
    elapsedMs,
    positionBefore,
    positionAfter,
    checkpoint,
    sourceStoodStill: stoodStill(positionBefore, positionAfter),
    notCompared,
    documents,
    foreignKeys: verification.foreignKeys,
    unowned: verification.unowned,
    unmapped: verification.unmapped,
    mappings: verification.mappings.map((mapping) => mappingDocument(mapping, digestKey)),
  };
}

function mappingDocument({ differences, samples, ...mapping }: MappingResult, digestKey: Buffer) {
  return {
    ...mapping,
    differences: differencesIn(mapping as MappingResult),
    rows: differences.slice(0, MAX_NAMED).map(({ kind, columns, key }) => ({
      kind,
      columns,
      key: keyDigest(digestKey, mapping.mapping, key),
    })),
    samples: samples.map(({ key, state, fields }) => ({
      key: keyDigest(digestKey, mapping.mapping, key),
      state,
      fields,
    })),
  };
}

/** null where the source shows no position. */
export function stoodStill(before: BinlogPosition | null, after: BinlogPosition | null): boolean | null {
  if (!before || !after) return null;
  return before.file === after.file && before.offset === after.offset && before.gtidSet === after.gtidSet;
}
