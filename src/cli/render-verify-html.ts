/** The report for whoever signs: what was compared, at which position, how, and what differs. Names, counts, digests. */
import { DOCUMENT_OUTCOMES } from '../core/document-outcomes.ts';
import { quantity } from '../core/quantity.ts';
import { formatBytes, formatCount, formatDuration } from '../telemetry/format.ts';
import { fingerprintOf, type ReportSignature } from '../verify/attest/sign-report.ts';
import { COUNT_TITLES, countsOf, FIRST_DIFFERENCE } from './verify-counts.ts';
import { escapeHtml, htmlPage } from './html-page.ts';
import type { VerifiedMappingDocument, VerifyDocument } from './verify-document.ts';

type VerifiedDatabaseDocument = VerifyDocument['databases'][number];

/** Columns that a sampled field is made of, as far as they are named one by one. */
const MAX_INPUTS = 4;

const KINDS = {
  missing: 'missing in the target',
  differs: 'other values',
  extra: 'only in the target',
  not_rejected: 'cannot be loaded, and is no reject',
} as const;

export function verifyHtml(document: VerifyDocument, signature: ReportSignature | null): string {
  const {
    source,
    profile,
    finishedAt,
    by,
    rowsCompared,
    differences,
    changing,
    notCompared,
    databases,
    toolVersion,
  } = document;
  const isOfChanges = databases.some(({ since }) => since !== null);
  const isOfAll = databases.every(({ columns }) => columns === 'all');
  const verdict =
    differences > 0
      ? `<p class="bad">${quantity(differences, 'row')} ${differences === 1 ? 'differs' : 'differ'}.</p>`
      : notCompared + changing > 0
        ? '<p class="bad">No difference in what was compared; what is named below could not be.</p>'
        : `<p class="good">No difference: ${isOfChanges ? 'every row that has changed' : 'every row'}, in ${isOfAll ? 'every column' : 'its key and critical columns'}.</p>`;
  const body = `${verdict}
<p>${quantity(rowsCompared, 'row')} were compared in ${isOfAll ? 'all their columns' : 'their key and the columns of the class critical, and in no other'}: each row that the source has, mapped once more by the very mappings that loaded it, against the row that the target has.
Finished ${escapeHtml(finishedAt)} by ${escapeHtml(by)}, Transfuse ${escapeHtml(toolVersion)}, profile ${escapeHtml(profile)}.</p>
${databases.map(databaseHtml).join('\n')}
${relationshipsHtml(document)}
${repairsHtml(document)}
${samplesHtml(document)}
${attestationHtml(document, signature)}
<h2>Signed</h2><table><tbody><tr><th>Name</th><td style="width:40%"></td><th>Date</th><td style="width:25%"></td></tr><tr><th>Signature</th><td></td><th></th><td></td></tr></tbody></table>`;
  return htmlPage(`Verification of ${source.database}`, body);
}

function databaseHtml(database: VerifiedDatabaseDocument): string {
  const { mappings, notCompared, elapsedMs } = database;
  const head = ['mapping', 'target', ...COUNT_TITLES];
  const rows = mappings.map((mapping) => {
    const cells = countsOf(mapping).map(
      (count, index) =>
        `<td class="n${index >= FIRST_DIFFERENCE && count > 0 ? ' bad' : ''}">${formatCount(count)}</td>`,
    );
    return `<tr><td>${escapeHtml(mapping.mapping)}</td><td><code>${escapeHtml(mapping.targetTable)}</code></td>${cells.join('')}</tr>`;
  });
  const left = notCompared.map(
    ({ mapping, reason }) =>
      `<li class="bad">${escapeHtml(mapping)} was not compared: ${escapeHtml(reason)}</li>`,
  );
  const changing = mappings
    .filter((mapping) => mapping.changing > 0)
    .map(
      ({ mapping, changing: rows }) =>
        `<li class="bad">${escapeHtml(mapping)}: ${quantity(rows, 'row')} changed each time, and could not be compared</li>`,
    );
  const older = mappings
    .filter(({ olderVersions }) => olderVersions > 0)
    .map(
      ({ mapping, olderVersions }) =>
        `<li class="note">${escapeHtml(mapping)}: ${quantity(olderVersions, 'row')} of the target ${olderVersions === 1 ? 'belongs' : 'belong'} to rejected rows of the source, and ${olderVersions === 1 ? 'was' : 'were'} not compared</li>`,
    );
  return `<h2>${escapeHtml(database.database)}</h2>
<p>${sinceOf(database)}${positionsOf(database)} It took ${formatDuration(elapsedMs)}; verification <code>${database.verification}</code> of run <code>${database.run}</code>.</p>
${left.length + changing.length + older.length > 0 ? `<ul>${[...left, ...changing, ...older].join('')}</ul>` : ''}
<table><thead><tr>${head.map((title, index) => `<th${index > 1 ? ' class="n"' : ''}>${title}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>
${database.unowned.map(({ table, rows: count }) => `<p class="bad"><code>${escapeHtml(table)}</code>: ${quantity(count, 'row')} of no mapping</p>`).join('')}
${database.unmapped.length > 0 ? `<p>Not compared, since no mapping fills them: ${database.unmapped.map((name) => `<code>${escapeHtml(name)}</code>`).join(', ')}</p>` : ''}
${documentsHtml(database)}
${mappings
  .filter(({ differences }) => differences > 0)
  .map(differencesHtml)
  .join('\n')}`;
}

function relationshipsHtml({ relationships }: VerifyDocument): string {
  if (relationships.length === 0) return '';
  const rows = relationships.map(
    ({ from, to, references, dangling }) =>
      `<tr><td><code>${escapeHtml(from)}</code></td><td><code>${escapeHtml(to)}</code></td><td class="n">${formatCount(references)}</td><td class="n">${formatCount(dangling)}</td></tr>`,
  );
  return `<h2>References between services</h2><p>No constraint can hold them. An id that leads nowhere does so at the source as well, where no difference is named above: its row is not there, is filtered, or is a reject.</p>
<table><thead><tr><th>from</th><th>to</th><th class="n">ids</th><th class="n">lead nowhere</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function samplesHtml({ samples: { seed, size }, databases }: VerifyDocument): string {
  const sampled = databases.flatMap(({ mappings }) => mappings.filter(({ samples }) => samples.length > 0));
  if (sampled.length === 0) return '';
  return `<h2>Samples</h2><p>Up to ${quantity(size, 'random row')} of each mapping, chosen by the seed ${seed}, field by field. Values are not shown, but how many bytes each has: at the source, and as the target stores it.</p>
${sampled.map(sampleHtml).join('\n')}`;
}

function sampleHtml({ mapping, samples }: VerifiedMappingDocument): string {
  const head = samples.map(
    ({ key, state }) => `<th class="n"><code>${key}</code> ${state === 'same' ? '' : state}</th>`,
  );
  const rows = samples[0]!.fields.map(({ column, from, how }, index) => {
    const cells = samples.map(({ fields }) => {
      const field = fields[index]!;
      return `<td class="n${field.isSame ? '' : ' bad'}">${sourceSize(field.from)} → ${sizeOf(field.bytes)} ${field.isSame ? '✓' : '✗'}</td>`;
    });
    const names = from.slice(0, MAX_INPUTS).map(({ name }) => `<code>${escapeHtml(name)}</code>`);
    if (from.length > MAX_INPUTS) names.push(`${from.length - MAX_INPUTS} more`);
    return `<tr><td><code>${escapeHtml(column)}</code></td><td>${names.join(', ')}</td><td>${escapeHtml(how)}</td>${cells.join('')}</tr>`;
  });
  return `<h3>${escapeHtml(mapping)}</h3><table class="samples"><thead><tr><th>column</th><th>made of</th><th>how</th>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

/** Of what is made of many, how much they are together. */
function sourceSize(from: readonly { bytes: number | null }[]): string {
  if (from.length === 0) return '–';
  if (from.length <= MAX_INPUTS) return from.map(({ bytes }) => sizeOf(bytes)).join(' + ');
  return `${formatCount(from.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0))} of ${from.length}`;
}

function sizeOf(bytes: number | null): string {
  return bytes === null ? 'NULL' : formatCount(bytes);
}

function repairsHtml({ repairs }: VerifyDocument): string {
  if (repairs.length === 0) return '';
  const rows = repairs.map(
    ({ database, mapping, noted, removed, kept, rejected, refused }) =>
      `<tr><td>${escapeHtml(database)}</td><td>${escapeHtml(mapping)}</td><td class="n">${formatCount(noted - rejected)}</td><td class="n">${formatCount(rejected)}</td><td class="n">${formatCount(removed)}</td><td class="n">${formatCount(kept)}</td><td>${refused === null ? '' : escapeHtml(refused)}</td></tr>`,
  );
  return `<h2>Repairs</h2><p>What is said above was found after these.</p><table><thead><tr><th>database</th><th>mapping</th><th class="n">rows made anew</th><th class="n">refused, rejects now</th><th class="n">rows removed</th><th class="n">kept, others refer to them</th><th>not repaired</th></tr></thead><tbody>${rows.join('')}</tbody></table><p>Each stands in <code>transfuse.repairs</code> of the target, by whom and when.</p>`;
}

function attestationHtml({ databases }: VerifyDocument, signature: ReportSignature | null): string {
  const rows = databases.flatMap(({ database, mappings }) =>
    mappings.flatMap(({ mapping, attested }) =>
      attested
        ? `<tr><td>${escapeHtml(database)}</td><td>${escapeHtml(mapping)}</td><td class="n">${formatCount(attested.chunks.length)}</td><td><code>${attested.root}</code></td></tr>`
        : [],
    ),
  );
  if (rows.length === 0 && !signature) return '';
  const signed = signature
    ? `<p>The JSON beside this page is signed with Ed25519, by the key with the fingerprint <code>${fingerprintOf(signature)}</code>; the signature is <code>${escapeHtml(signature.value)}</code>. <code>bin/verify --check</code> proves it, and says what of the target is still as it was.</p>`
    : '<p>The report is not signed.</p>';
  const roots =
    rows.length === 0
      ? ''
      : `<table><thead><tr><th>database</th><th>mapping</th><th class="n">chunks</th><th>Merkle root of what the target held</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  return `<h2>Attestation</h2>${signed}${roots}`;
}

function documentsHtml({ documents }: VerifiedDatabaseDocument): string {
  if (!documents) return '';
  const { objects, bytes, isDeep, strays, named, faults, outcomes } = documents;
  const how = isDeep ? 'each read, and compared by its SHA-256' : 'compared by generation, size and CRC-32C';
  const lines = named.map(
    ({ fault, name }) =>
      `<tr><td><code>${escapeHtml(name)}</code></td><td>${fault.replaceAll('_', ' ')}</td></tr>`,
  );
  const count = Object.values(faults).reduce((sum, faulty) => sum + faulty, 0);
  const became = outcomes.map(
    ({ outcome, documents: number }) =>
      `<tr><td>${outcome}</td><td class="n">${formatCount(number)}</td><td>${DOCUMENT_OUTCOMES[outcome]}</td></tr>`,
  );
  return `<h3>Documents</h3><table><thead><tr><th>outcome</th><th class="n">documents</th><th>its file is</th></tr></thead><tbody>${became.join('')}</tbody></table><p>${quantity(objects, 'object')} of ${formatBytes(bytes)}, ${how}${strays > 0 ? `; ${quantity(strays, 'object')} of no document` : ''}.</p>
${count === 0 ? '' : `<p class="bad">${quantity(count, 'document')} not as they should be.</p><table><thead><tr><th>object, or id of the row</th><th>what</th></tr></thead><tbody>${lines.join('')}</tbody></table>`}`;
}

function sinceOf({ since }: VerifiedDatabaseDocument): string {
  if (!since) return '';
  return `Only rows that the binlog of the source shows to have changed since the verification of ${escapeHtml(since.startedAt)} (<code>${escapeHtml(`${since.position.file}:${since.position.offset}`)}</code>) were compared, and mappings that it did not find to be the same: with it, this is a proof of all. `;
}

function positionsOf({ positionBefore, positionAfter, sourceStoodStill }: VerifiedDatabaseDocument): string {
  if (!positionBefore || !positionAfter) return 'The source shows no position of its binlog.';
  const place = ({ file, offset }: { file: string; offset: string }): string =>
    `<code>${escapeHtml(`${file}:${offset}`)}</code>`;
  return sourceStoodStill
    ? `The source stood still at ${place(positionBefore)} of its binlog.`
    : `<span class="note">The source changed meanwhile, from ${place(positionBefore)} to ${place(positionAfter)} of its binlog.</span>`;
}

function differencesHtml({
  mapping,
  differences,
  columns,
  rows,
  unexamined,
}: VerifiedMappingDocument): string {
  const byColumn = columns.map(
    ({ column, rows: count }) => `<code>${escapeHtml(column)}</code> (${formatCount(count)})`,
  );
  const lines = rows.map(
    ({ kind, columns: differing, key }) =>
      `<tr><td><code>${key}</code></td><td>${KINDS[kind]}</td><td>${differing.map((name) => `<code>${escapeHtml(name)}</code>`).join(', ')}</td></tr>`,
  );
  const more = differences - rows.length;
  return `<h3>${escapeHtml(mapping)}: <span class="bad">${quantity(differences, 'row')}</span></h3>
${byColumn.length > 0 ? `<p>Columns: ${byColumn.join(', ')}</p>` : ''}
<table><thead><tr><th>digest of the key</th><th>what</th><th>columns</th></tr></thead><tbody>${lines.join('')}</tbody></table>
${more > 0 ? `<p>And ${formatCount(more)} more${unexamined > 0 ? `, of which ${formatCount(unexamined)} were not looked at one by one` : ''}.</p>` : ''}
<p>The keys stand in <code>transfuse.differences</code> of the target, under these digests.</p>`;
}
