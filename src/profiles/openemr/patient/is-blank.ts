/** Whether a column says nothing at all. */
export function isBlank(raw: string | null): boolean {
  return raw === null || raw.trim() === '';
}
