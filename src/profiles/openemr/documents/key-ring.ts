/**
 * The keys of a site. Each version has one for the cipher (`sevena`) and one for the HMAC (`sevenb`); version 1 has one alone (`one`). A set
 * is in the table `keys`, another in files below the documents, which from version 5 on are sealed with the first.
 */
import { SealBroken, type KeyVault, type Seals, type Unsealer } from '../../../mapping/document-source.ts';
import {
  FileUnsealer,
  keyVersionOf,
  looksSealed,
  VERSIONS,
  type KeyVersion,
  type SealKey,
} from './sealed-file.ts';

const NAMES: Readonly<Record<KeyVersion, string>> = {
  1: 'one',
  2: 'two',
  3: 'three',
  4: 'four',
  5: 'five',
  6: 'six',
  7: 'seven',
};
const DIRECTORY = ['logs_and_misc', 'methods'];
const KEY_BYTES = 32;

type ByName = ReadonlyMap<string, Buffer>;

export class KeyRing implements Seals {
  /** Those of the database first: files are encrypted with these. */
  readonly #sets: readonly ByName[];

  private constructor(sets: readonly ByName[]) {
    this.#sets = sets;
  }

  static async open(vault: KeyVault): Promise<KeyRing> {
    const inDatabase = await readTable(vault);
    const onDisk = await readFiles(vault, new KeyRing([inDatabase]));
    return new KeyRing([inDatabase, onDisk]);
  }

  unsealers(head: Buffer): (() => Unsealer)[] {
    const version = keyVersionOf(head);
    return this.#sets.flatMap((set) => {
      const key = keyOf(set, version);
      return key ? [() => new FileUnsealer(version, key)] : [];
    });
  }
}

function keyOf(set: ByName, version: KeyVersion): SealKey | null {
  const name = NAMES[version];
  if (version === 1) {
    const cipher = set.get(name);
    return cipher ? { cipher, hmac: null } : null;
  }
  const cipher = set.get(`${name}a`);
  const hmac = set.get(`${name}b`);
  return cipher && hmac ? { cipher, hmac } : null;
}

/** Nothing where the site is of a version that has no such table. */
async function readTable(vault: KeyVault): Promise<ByName> {
  const keys = new Map<string, Buffer>();
  const there = await vault.rows(
    "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'keys'",
  );
  if (there.length === 0) return keys;
  const rows = await vault.rows('SELECT name, value FROM `keys`');
  for (const { name, value } of rows) {
    const key = keyFrom(value ?? '');
    if (name && key) keys.set(name, key);
  }
  return keys;
}

async function readFiles(vault: KeyVault, inDatabase: KeyRing): Promise<ByName> {
  const names = VERSIONS.flatMap((version) =>
    version === 1 ? [NAMES[1]] : [`${NAMES[version]}a`, `${NAMES[version]}b`],
  );
  const keys = new Map<string, Buffer>();
  for (const name of names) {
    const content = await vault.file([...DIRECTORY, name]);
    const key =
      content && (looksSealed(content) ? unsealed(content, inDatabase) : keyFrom(content.toString()));
    if (key) keys.set(name, key);
  }
  return keys;
}

/** What is sealed in a key's file is its base64, or its bytes. */
function unsealed(content: Buffer, ring: KeyRing): Buffer | null {
  for (const open of ring.unsealers(content)) {
    const unsealer = open();
    try {
      const plain = Buffer.concat([unsealer.update(content), unsealer.end()]);
      return plain.length === KEY_BYTES ? plain : keyFrom(plain.toString());
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
    }
  }
  return null;
}

function keyFrom(base64: string): Buffer | null {
  const key = Buffer.from(base64, 'base64');
  return key.length === KEY_BYTES ? key : null;
}
