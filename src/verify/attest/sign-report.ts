/** Reports that can be proved to be what they were: signed by Ed25519 (RFC 8032) over their canonical JSON. */
import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import fs from 'node:fs/promises';
import { TransfuseError } from '../../core/errors.ts';

export interface ReportSignature {
  algorithm: 'Ed25519';
  /** DER of SubjectPublicKeyInfo, as base64. */
  publicKey: string;
  /** Of the canonical JSON of the report without this signature, as base64. */
  value: string;
}

const KEY_ADVICE = 'openssl genpkey -algorithm ed25519 -out signing.pem makes one.';

/** Throws SIGNING_KEY_UNUSABLE. */
export function readSigningKey(file: string): Promise<KeyObject> {
  return readKey(file, 'SIGNING_KEY', createPrivateKey);
}

/** Of a file of the public key, or of the private one. Throws SIGNING_KEY_UNUSABLE. */
export function readPublicKey(
  file: string,
  variable: 'SIGNING_KEY' | 'SIGNING_PUBLIC_KEY',
): Promise<KeyObject> {
  return readKey(file, variable, createPublicKey);
}

async function readKey(
  file: string,
  variable: string,
  parse: (pem: string) => KeyObject,
): Promise<KeyObject> {
  let key: KeyObject;
  let pem = '';
  try {
    pem = await fs.readFile(file, 'utf8');
    key = parse(pem);
  } catch (error) {
    if (pem.includes('ENCRYPTED'))
      throw unusable(variable, 'is encrypted: give the key as it is, in a file of yours alone');
    if (variable === 'SIGNING_KEY' && pem.includes('PUBLIC KEY'))
      throw unusable(variable, 'is a public key, which cannot sign');
    throw unusable(
      variable,
      `cannot be read as a key in PEM (${(error as NodeJS.ErrnoException).code ?? 'no such form'})`,
    );
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw unusable(variable, `is a key of ${key.asymmetricKeyType}, and not of Ed25519`);
  return key;
}

function unusable(variable: string, what: string): TransfuseError {
  return new TransfuseError('SIGNING_KEY_UNUSABLE', `The file that ${variable} names ${what}.`, {
    fix: KEY_ADVICE,
  });
}

export function signReport(report: object, key: KeyObject): ReportSignature {
  return {
    algorithm: 'Ed25519',
    publicKey: derOf(createPublicKey(key)).toString('base64'),
    value: sign(null, Buffer.from(canonicalJson(report)), key).toString('base64'),
  };
}

/** Whether the signature is of this report and of the key that it names. */
export function isSignedBy(report: object, { publicKey, value }: ReportSignature): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    return (
      key.asymmetricKeyType === 'ed25519' &&
      verify(null, Buffer.from(canonicalJson(report)), key, Buffer.from(value, 'base64'))
    );
  } catch {
    return false;
  }
}

export function isSameKey({ publicKey }: ReportSignature, key: KeyObject): boolean {
  return derOf(key).equals(Buffer.from(publicKey, 'base64'));
}

/** By which people tell keys apart: SHA-256 of the public key's DER, as hexadecimal digits. */
export function fingerprintOf({ publicKey }: Pick<ReportSignature, 'publicKey'>): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex');
}

function derOf(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' });
}

/** RFC 8785, of what JSON.parse gives back: names in the order of their UTF-16 units, no blanks. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, one]) => `${JSON.stringify(name)}:${canonicalJson(one)}`).join(',')}}`;
}
