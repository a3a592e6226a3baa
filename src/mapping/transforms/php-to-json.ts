import type { Transform } from '../mapping.ts';
import { policyName, setAside, type OnInvalid } from './on-invalid.ts';
import { parsePhpSerialized, type PhpArray, type PhpValue } from './php-serialized.ts';

/**
 * Text of PHP's serialize() as JSON, for a jsonb column: what `parsePhpSerialized` reads, except for numbers that JSON does not
 * have (INF, NAN) and the character U+0000, which jsonb cannot hold. An array whose keys are 0, 1, 2 … in order is a JSON
 * array, the empty one too; any other is an object. Whole numbers keep all their digits. Blank text is NULL.
 */
export function phpSerialized(onInvalid: OnInvalid): Transform {
  return {
    name: `phpSerialized(${policyName(onInvalid)})`,
    apply: (raw) => {
      const text = raw?.trim() ?? '';
      if (raw === null || text === '') return null;
      const value = text.includes('\0') ? undefined : parsePhpSerialized(text);
      const json = value === undefined ? undefined : toJson(value);
      return json ?? setAside(onInvalid, raw);
    },
  };
}

function toJson(value: PhpValue): string | undefined {
  if (value instanceof Map) return arrayToJson(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return undefined;
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

function arrayToJson(array: PhpArray): string | undefined {
  const keys = [...array.keys()];
  const isList = keys.every((key, index) => key === String(index));
  const members: string[] = [];
  for (const [key, value] of array) {
    const json = toJson(value);
    if (json === undefined) return undefined;
    members.push(isList ? json : `${JSON.stringify(key)}:${json}`);
  }
  return isList ? `[${members.join(',')}]` : `{${members.join(',')}}`;
}
