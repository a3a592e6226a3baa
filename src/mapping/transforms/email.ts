import type { Transform } from '../mapping.ts';
import { policyName, setAside, type OnInvalid } from './on-invalid.ts';
import { saysNothing } from './says-nothing.ts';

/** In octets (RFC 5321, 4.5.3.1): a path may have 256, of which its angle brackets take two. */
const MAX_LOCAL_BYTES = 64;
const MAX_ADDRESS_BYTES = 254;

const ATOM = String.raw`[\p{L}\p{M}\p{N}!#$%&'*+\-/=?^_\x60{|}~]+`;
const LOCAL_PART = new RegExp(String.raw`^${ATOM}(?:\.${ATOM})*$`, 'u');
const LABEL = String.raw`[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}\-]{0,61}[\p{L}\p{M}\p{N}])?`;
const DOMAIN = new RegExp(String.raw`^(?:${LABEL}\.)+(?!\d+$)${LABEL}$`, 'u');

/**
 * An e-mail address: trimmed, the domain in small letters, the part before the @ as it is, since only its own server may
 * say whether case matters there. `none`, `n/a`, `-` and the like are NULL. A check of the form, and a narrow one: letters of
 * every script pass, quoted local parts, addresses with a name around them and several addresses do not. It does not say
 * that the address exists.
 */
export function email(onInvalid: OnInvalid): Transform {
  return {
    name: `email(${policyName(onInvalid)})`,
    apply: (raw) => {
      if (raw === null) return null;
      const text = raw.trim();
      return normalize(text) ?? (saysNothing(text) ? null : setAside(onInvalid, raw));
    },
  };
}

function normalize(text: string): string | undefined {
  const at = text.indexOf('@');
  if (at < 1 || text.length > MAX_ADDRESS_BYTES) return undefined;
  const local = text.slice(0, at);
  const domain = text.slice(at + 1).toLowerCase();
  if (!LOCAL_PART.test(local) || !DOMAIN.test(domain)) return undefined;
  const localBytes = Buffer.byteLength(local);
  if (localBytes > MAX_LOCAL_BYTES) return undefined;
  if (localBytes + 1 + Buffer.byteLength(domain) > MAX_ADDRESS_BYTES) return undefined;
  return `${local}@${domain}`;
}
