/**
 * Where the files are that rows of a mapping stand for, and how they are read: what a profile says of the documents of a system. All
 * of it is data and pure functions; the files themselves are opened by the phase that moves them.
 */

/** What the moving of a document finds out, kept in columns of its row that the mapping leaves alone. */
export type DocumentFact =
  | 'state'
  | 'bucket'
  | 'object'
  | 'generation'
  | 'sizeBytes'
  | 'sha256'
  | 'crc32c'
  | 'contentType'
  | 'hashVerified'
  | 'wasSealed';

export interface DocumentSource {
  /** Id of the mapping; its source table has a whole number for its key, and a column of its target is the uuid made of that alone. */
  mapping: string;
  /** Columns of the source table that `describe` reads. */
  inputs: readonly string[];
  /** Pure. `row` has the key's column and `inputs`, as text. */
  describe(row: Readonly<Record<string, string | null>>): DocumentDescription;
  /** The target column of each fact; `state` holds a DocumentOutcome, and `not_migrated` until there is one. */
  columns: Readonly<Record<DocumentFact, string>>;
  /** How the system encrypts its files; null where it does not. */
  seal: SealFormat | null;
  /** Whether a file below the root that no row names is something else than a lost document: a thumbnail, a log. */
  isOtherFile(path: readonly string[]): boolean;
}

export interface DocumentDescription {
  place: DocumentPlace;
  /** Whose it is: part of the object's name. null for nobody's. */
  owner: { entity: string; key: string } | null;
  /** Of the content as it was before it was encrypted; null where the system does not say. */
  hash: { algorithm: 'sha1' | 'sha3-512'; hex: string } | null;
  sizeBytes: number | null;
  /** What the row says; the content may say otherwise. */
  isSealed: boolean;
  contentType: string | null;
}

export type DocumentPlace =
  /** Below the root of the documents: names of directories, and of the file. */
  | { kind: 'file'; path: readonly string[] }
  /** In a column of the row, of any binary or text type. */
  | { kind: 'column'; column: string }
  /** The row names no place. */
  | { kind: 'nowhere' }
  /** A link to somewhere else. */
  | { kind: 'external' }
  /** The path leads out of the root. */
  | { kind: 'quarantined' }
  /** In a store that this program does not read. */
  | { kind: 'unsupported' };

export interface SealFormat {
  /** By the first 64 bytes or more. */
  looksSealed(head: Buffer): boolean;
  /** Reads the keys there are. Secret: kept in memory alone. */
  open(vault: KeyVault): Promise<Seals>;
}

/** Where keys are read from. */
export interface KeyVault {
  /** Rows of a SELECT at the source, as text. */
  rows(sql: string): Promise<Readonly<Record<string, string | null>>[]>;
  /** A file of a few kilobytes below the root; null where there is none. */
  file(path: readonly string[]): Promise<Buffer | null>;
}

export interface Seals {
  /** A way to open content that begins like this for each key that may be the right one. */
  unsealers(head: Buffer): readonly (() => Unsealer)[];
}

/** Opens sealed content as it passes. What update() gives is not to be trusted before end() has come back. */
export interface Unsealer {
  /** Whether end() finds out that a key is the wrong one or the content was changed; else only its hash can tell. */
  isAuthenticated: boolean;
  update(sealed: Buffer): Buffer;
  /** The rest. Throws SealBroken. */
  end(): Buffer;
}

/** The key is not the right one, or the content is not what was sealed. */
export class SealBroken extends Error {
  constructor() {
    super('The seal does not fit the content.');
  }
}
