/** Names of objects: made of ids, so that no name of a person or a file is in one. */
import { entityNamespace, uuidV5Text } from '../mapping/types/uuid-v5.ts';
import type { DocumentTask } from './document-task.ts';
import type { Measured } from './measure.ts';

export interface ObjectNames {
  /** Whether a name depends on the content, which must then be measured first. */
  needContent: boolean;
  nameOf(task: Pick<DocumentTask, 'targetId' | 'description'>, measured: Measured | null): string;
}

const NOBODYS = 'unfiled';

/** `<prefix><id of the patient>/<id of the document>`: an object for each document. */
export function namesByOwner(prefix: string): ObjectNames {
  const namespaces = new Map<string, Buffer>();
  const idOf = (entity: string, key: string): string => {
    let namespace = namespaces.get(entity);
    if (!namespace) namespaces.set(entity, (namespace = entityNamespace(entity)));
    return uuidV5Text(namespace, key);
  };
  return {
    needContent: false,
    nameOf: ({ targetId, description: { owner } }) =>
      `${prefix}${owner ? idOf(owner.entity, owner.key) : NOBODYS}/${targetId}`,
  };
}

const SHARED = 'shared';

/** `<prefix>shared/<id of the content>`: an object for each content, however many documents have it. */
export function namesByContent(prefix: string): ObjectNames {
  const namespace = entityNamespace('document content');
  return {
    needContent: true,
    nameOf: (_, measured) => `${prefix}${SHARED}/${uuidV5Text(namespace, measured!.sha256)}`,
  };
}

/** The first has the name as it is. */
export function versionName(base: string, version: number): string {
  return version === 1 ? base : `${base}.${version}`;
}
