/** The bytes that a name may have on a disk: a database and a file system often do not agree on how it is encoded. */

/** Windows-1252 from 0x80 to 0x9f, where it is not Latin-1. Not from TextDecoder, which in some versions of Node takes one for the other. */
const FROM_0X80 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

const WINDOWS_1252: ReadonlyMap<string, number> = new Map(
  Array.from({ length: 256 }, (_, byte) => {
    const isOther = byte >= 0x80 && byte < 0x80 + FROM_0X80.length;
    return [isOther ? FROM_0X80[byte - 0x80]! : String.fromCharCode(byte), byte];
  }),
);

/**
 * UTF-8 as it is, composed, decomposed; and one byte for each character, which is both Latin-1 on the disk, and UTF-8 that the database
 * took for Latin-1. The likeliest first, each once.
 */
export function spellingsOf(name: string): Buffer[] {
  if (/^[\x20-\x7e]*$/.test(name)) return [Buffer.from(name)];
  const spellings = [name, name.normalize('NFC'), name.normalize('NFD')].map((text) => Buffer.from(text));
  const bytes = Array.from(name.normalize('NFC'), (character) => WINDOWS_1252.get(character));
  if (!bytes.includes(undefined)) spellings.push(Buffer.from(bytes as number[]));
  return spellings.filter((one, index) => spellings.findIndex((other) => other.equals(one)) === index);
}
