/** What a bucket holds, in memory, with the checks that Cloud Storage makes at the moment an object is committed. */
import { createCRC32 } from 'hash-wasm';

/** Of Castagnoli, with its bits in reverse order. */
const CRC32C_POLYNOMIAL = 0x82f63b78;

export interface StoredObject {
  name: string;
  generation: string;
  /** Empty where contents are not kept. */
  content: Buffer;
  size: number;
  crc32c: string;
  contentType: string;
  metadata: Record<string, string>;
  kmsKeyName: string | undefined;
}

/** What a client says of an object that it stores. */
export interface ObjectDescription {
  name?: string;
  contentType?: string;
  metadata?: Record<string, string>;
  crc32c?: string;
  kmsKeyName?: string | undefined;
}

/** An answer that is no success. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export class StoredObjects {
  readonly #keepsContents: boolean;
  readonly #objects = new Map<string, StoredObject>();
  #generation = 1_700_000_000_000_000n;
  /** How often an object was committed. */
  commits = 0;

  /** Without their contents objects may be larger than the memory. */
  constructor({ keepsContents = true } = {}) {
    this.#keepsContents = keepsContents;
  }

  get(name: string): StoredObject | undefined {
    return this.#objects.get(name);
  }

  find(name: string): StoredObject {
    const object = this.#objects.get(name);
    if (!object) throw new Refused(404, `No such object: ${name}`);
    return object;
  }

  names(): string[] {
    return [...this.#objects.keys()].toSorted();
  }

  /** Throws where an object is there that the writer does not expect. */
  checkGeneration(name: string, ifGenerationMatch: string | null): void {
    const current = this.#objects.get(name)?.generation ?? '0';
    if (ifGenerationMatch !== null && ifGenerationMatch !== current)
      throw new Refused(412, 'At least one of the pre-conditions you specified did not hold.');
  }

  async commit(
    name: string,
    description: ObjectDescription,
    pieces: readonly Buffer[],
    ifGenerationMatch: string | null,
  ): Promise<StoredObject> {
    const content = new ReceivedContent(this.#keepsContents);
    for (const piece of pieces) await content.add(piece);
    return this.commitReceived(name, description, content, ifGenerationMatch);
  }

  /** What comes in pieces. */
  receive(): ReceivedContent {
    return new ReceivedContent(this.#keepsContents);
  }

  async commitReceived(
    name: string,
    description: ObjectDescription,
    received: ReceivedContent,
    ifGenerationMatch: string | null,
  ): Promise<StoredObject> {
    this.checkGeneration(name, ifGenerationMatch);
    const { content, size, crc32c } = await received.end();
    if (description.crc32c !== undefined && description.crc32c !== crc32c)
      throw new Refused(400, 'Provided CRC32C does not match calculated CRC32C.');
    const object: StoredObject = {
      name,
      generation: String(++this.#generation),
      content,
      size,
      crc32c,
      contentType: description.contentType ?? 'application/octet-stream',
      metadata: description.metadata ?? {},
      kmsKeyName: description.kmsKeyName,
    };
    this.#objects.set(name, object);
    this.commits++;
    return object;
  }

  /** As it was, generation and all. */
  restore(name: string, object: StoredObject): void {
    this.#objects.set(name, object);
  }

  delete(name: string, ifGenerationMatch: string | null): void {
    const { generation } = this.find(name);
    if (ifGenerationMatch !== null && ifGenerationMatch !== generation)
      throw new Refused(412, 'At least one of the pre-conditions you specified did not hold.');
    this.#objects.delete(name);
  }
}

export class ReceivedContent {
  readonly #keeps: boolean;
  readonly #pieces: Buffer[] = [];
  #hasher: Awaited<ReturnType<typeof createCRC32>> | null = null;
  size = 0;

  constructor(keeps: boolean) {
    this.#keeps = keeps;
  }

  async add(piece: Buffer): Promise<void> {
    this.#hasher ??= (await createCRC32(CRC32C_POLYNOMIAL)).init();
    this.#hasher.update(piece);
    this.size += piece.length;
    if (this.#keeps) this.#pieces.push(piece);
  }

  async end(): Promise<{ content: Buffer; size: number; crc32c: string }> {
    await this.add(Buffer.alloc(0));
    const crc32c = Buffer.from(this.#hasher!.digest('hex'), 'hex').toString('base64');
    return { content: Buffer.concat(this.#pieces), size: this.size, crc32c };
  }
}
