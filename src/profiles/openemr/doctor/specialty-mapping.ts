import { apply, columns, constant, uuid } from '../../../mapping/declare.ts';
import type { Mapping, Transform } from '../../../mapping/mapping.ts';
import { clean } from '../text.ts';
import { SPECIALTY_LIST } from './taxonomy.ts';

/** A code without a name is its own. */
const specialtyName: Transform = {
  name: 'specialtyName',
  apply: (title, code) => clean(title ?? null) ?? clean(code ?? null),
};

const specialtyCode: Transform = {
  name: 'specialtyCode',
  apply: (code) => clean(code)?.toUpperCase() ?? null,
};

/** list_options → doctor.specialty: those that nobody has, and those that nobody may choose any more, too. */
export function specialtyMapping(): Mapping {
  return {
    shape: 'query',
    id: 'specialty',
    service: 'doctor',
    source: { table: 'list_options' },
    target: { schema: 'doctor', table: 'specialty' },
    query: { joins: '', fields: {}, watches: [] },
    where: {
      inputs: ['list_id', 'option_id'],
      description: `options of the list ${SPECIALTY_LIST}`,
      accepts: (list, option) => list === SPECIALTY_LIST && clean(option ?? null) !== null,
    },
    columns: columns({
      id: ['uuid!', uuid('list_options', 'list_id', 'option_id')],
      code_system: ['text!', constant('nucc')],
      code: ['text!', apply(specialtyCode, 'option_id')],
      name: ['text!', apply(specialtyName, 'title', 'option_id')],
    }),
  };
}
