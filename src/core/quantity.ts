/** A number with its noun: `1 row`, `2,000 rows`; `many` where the plural is not made with an s. */
export function quantity(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
