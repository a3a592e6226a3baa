/** Numbers for people. All of them take plain numbers and round; documents for machines keep the exact ones. */

/** `47,273`. Without Intl, whose tables take 20 ms to load. */
export function formatCount(count: number): string {
  return count.toFixed(0).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1.2 MB`, in powers of 1000. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit > 0 && value < 99.95 ? value.toFixed(1) : value.toFixed(0)} ${units[unit]}`;
}

/** `0.4 s`, `12.3 s`, `4 min 05 s`, `2 h 07 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const pad = (part: number) => String(part).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}
