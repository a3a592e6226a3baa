/**
 * A one-dimensional array in PostgreSQL's text form, which `parseArrayLiteral` reads back exactly. Every element is quoted,
 * so that none can be taken for NULL or for a bracket.
 */
export function formatArrayLiteral(elements: readonly string[]): string {
  return `{${elements.map((element) => `"${element.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
}
