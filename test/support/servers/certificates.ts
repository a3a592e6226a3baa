/**
 * A throw-away certificate authority and one server certificate signed by it.
 *
 * Node can sign but cannot write X.509, so the few DER structures needed are spelled out here; this way neither an
 * openssl executable nor a dependency is needed.
 */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';

export interface TlsFiles {
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

const VALID_DAYS = 3650;
const DAY_MS = 86_400_000;

/** Writes `ca.pem`, `server-cert.pem` and `server-key.pem` into a directory; the CA's key is forgotten. */
export async function writeTlsFiles(directory: string): Promise<TlsFiles> {
  await fs.mkdir(directory, { recursive: true });
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const authorityName = 'Transfuse throw-away CA';
  const authorityCertificate = certificate(
    authorityName,
    authority.publicKey,
    authorityName,
    authority.privateKey,
    [
      extension('2.5.29.19', sequence(der(0x01, Buffer.of(0xff)))), // basicConstraints: CA
      extension('2.5.29.15', der(0x03, Buffer.of(1, 0x06))), // keyUsage: keyCertSign, cRLSign
    ],
  );
  const serverCertificate = certificate('localhost', server.publicKey, authorityName, authority.privateKey, [
    extension('2.5.29.19', sequence()), // basicConstraints: not a CA
    extension('2.5.29.37', sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'))), // extendedKeyUsage: serverAuth
    extension('2.5.29.17', sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.of(127, 0, 0, 1)))),
  ]);
  const files = {
    caFile: path.join(directory, 'ca.pem'),
    certificateFile: path.join(directory, 'server-cert.pem'),
    keyFile: path.join(directory, 'server-key.pem'),
  };
  await fs.writeFile(files.caFile, pem(authorityCertificate));
  await fs.writeFile(files.certificateFile, pem(serverCertificate));
  await fs.writeFile(files.keyFile, server.privateKey.export({ type: 'pkcs8', format: 'pem' }), {
    mode: 0o600,
  });
  return files;
}

function certificate(
  subject: string,
  subjectKey: KeyObject,
  issuer: string,
  issuerKey: KeyObject,
  extensions: Buffer[],
): Buffer {
  const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))), // version 3
    der(0x02, Buffer.concat([Buffer.of(0x01), randomBytes(15)])), // serial number, positive
    ecdsaWithSha256,
    commonName(issuer),
    sequence(utcTime(Date.now() - DAY_MS), utcTime(Date.now() + VALID_DAYS * DAY_MS)),
    commonName(subject),
    subjectKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  return sequence(body, ecdsaWithSha256, der(0x03, Buffer.of(0), sign('sha256', body, issuerKey)));
}

/** One tag-length-value of the distinguished encoding rules. */
function der(tag: number, ...contents: Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  const header =
    body.length < 0x80
      ? [tag, body.length]
      : body.length < 0x100
        ? [tag, 0x81, body.length]
        : [tag, 0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from(header), body]);
}

function sequence(...contents: Buffer[]): Buffer {
  return der(0x30, ...contents);
}

function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(objectIdentifier('2.5.4.3'), der(0x0c, Buffer.from(name)))));
}

/** Good until 2049, where UTCTime ends. */
function utcTime(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replace(/\.\d+/, '').replace(/[-:T]/g, '').slice(2);
  return der(0x17, Buffer.from(digits));
}

function extension(identifier: string, value: Buffer): Buffer {
  return sequence(objectIdentifier(identifier), der(0x04, value));
}

function pem(certificateDer: Buffer): string {
  const lines = certificateDer.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
