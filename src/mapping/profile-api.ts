/** What a profile of one's own is written with: `import { … } from 'transfuse'`, and ready-made transforms from 'transfuse/transforms'. */
export { refuse } from '../core/reject-reasons.ts';
export {
  apply,
  columns,
  constant,
  everythingElse,
  everythingElseBut,
  flags,
  from,
  reference,
  uuid,
} from './declare.ts';
export type {
  Mapping,
  MappingOptions,
  Profile,
  QueryMapping,
  RowMapping,
  RowsMapping,
  Transform,
} from './mapping.ts';
export { keepRaw, raiseFlag } from './row-notes.ts';
export { requireFieldKey, type FieldKey } from './field-crypto.ts';
