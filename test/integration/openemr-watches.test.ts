/** Single changes that reach a row by a way that its own columns do not tell of any more: each is followed as a load would have it. */
import { describe, expect, it } from 'vitest';
import { sourceFlavors } from '../support/databases.ts';
import { compareService } from '../support/openemr/compare-services.ts';
import { OPENEMR, openOpenemrCase, SERVICE_SCHEMAS } from '../support/openemr/openemr-case.ts';
import { TRAPS } from '../support/openemr/traps/index.ts';

/** Rows whose authors only the registry of forms names. */
const PREPARED = [
  "UPDATE form_soap SET `user` = ''",
  "UPDATE forms SET `user` = 'admin' WHERE formdir = 'soap'",
];

const CHANGES = {
  'a form is given another kind': `UPDATE forms SET formdir = 'newpatient' WHERE formdir = 'clinical_notes' AND id % 2 = 0`,
  'a folder is above others': 'UPDATE categories SET lft = 0, rght = 100 WHERE id = 2',
  'a folder is above them no more': 'UPDATE categories SET lft = 200, rght = 201 WHERE id = 2',
  'the registry names no patient': `UPDATE forms SET pid = 0 WHERE formdir = 'soap' ORDER BY id LIMIT 3`,
  'a visit of theirs has another number': `UPDATE form_encounter e JOIN forms f ON f.encounter = e.encounter AND f.formdir = 'soap' AND f.pid = 0 SET e.encounter = 900000 + e.id`,
  'a form is not in the registry': `DELETE FROM forms WHERE formdir = 'soap' AND pid > 0 AND id % 3 = 0`,
  'a patient of such a form goes': `DELETE FROM patient_data WHERE pid = (SELECT MIN(s.pid) FROM form_soap s WHERE s.pid > 0 AND s.id NOT IN (SELECT form_id FROM forms WHERE formdir = 'soap'))`,
  'a user whom only the registry names has another name': `UPDATE users SET username = 'renamed' WHERE username = 'admin'`,
};

describe.each(sourceFlavors())('an OpenEMR on %s', (flavor) => {
  it('is followed where [invariants 1, 4]', { timeout: 180_000 }, async () => {
    await using live = await openOpenemrCase({
      flavor,
      version: flavor === 'mariadb' ? '8' : '5.0',
      patients: 20,
      traps: Object.values(TRAPS).flat(),
      sync: true,
    });
    for (const statement of PREPARED) await live.sourceQuery(statement);
    await live.succeed('schema', OPENEMR);
    await live.succeed('bulk', OPENEMR);
    await live.succeed('sync', OPENEMR);
    for (const statement of Object.values(CHANGES)) {
      await live.sourceQuery(statement);
      await live.succeed('sync', OPENEMR);
    }
    await using again = await live.again();
    for (const schema of SERVICE_SCHEMAS) {
      const compared = await compareService(schema, live.address(schema), again.address(schema));
      expect(compared.flatMap(({ differences }) => differences)).toEqual([]);
    }
  });
});
