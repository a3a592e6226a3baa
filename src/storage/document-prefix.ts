/** What the names of all objects of documents of a source begin with. */
export function documentPrefix({ prefix }: { prefix: string }, sourceDatabase: string): string {
  return `${prefix}${encodeURIComponent(sourceDatabase)}/`;
}
