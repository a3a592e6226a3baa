/** PHP's serialization of a map of texts, as OpenEMR keeps recurrences: lengths are in bytes of UTF-8. */
export function phpSerialize(map: Readonly<Record<string, string>>): string {
  const entries = Object.entries(map).map(([key, value]) => phpText(key) + phpText(value));
  return `a:${entries.length}:{${entries.join('')}}`;
}

function phpText(value: string): string {
  return `s:${Buffer.byteLength(value)}:"${value}";`;
}
