/** What the kernel says of processes, in /proc. */
import fs from 'node:fs';

/** USER_HZ, which Linux has fixed at 100 for /proc whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100;

interface ProcessStat {
  pid: number;
  parentPid: number;
  /** User and system time of the process itself. */
  cpuSeconds: number;
  /** The same of its children that have ended. */
  endedChildrenCpuSeconds: number;
}

/** Undefined for a process that is gone. */
function processStat(pid: number): ProcessStat | undefined {
  const line = readIfPresent(`/proc/${pid}/stat`);
  if (line === undefined) return undefined;
  // "pid (name) state ppid …"; the name may hold spaces and parentheses
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const seconds = (index: number) => Number(fields[index]) / TICKS_PER_SECOND;
  return {
    pid,
    parentPid: Number(fields[1]),
    cpuSeconds: seconds(11) + seconds(12),
    endedChildrenCpuSeconds: seconds(13) + seconds(14),
  };
}

/** All descendants of a process. Process ids grow: those below its own are not looked at. */
export function descendantsOf(pid: number): number[] {
  const parents = new Set([pid]);
  const found: number[] = [];
  const younger = fs
    .readdirSync('/proc')
    .map(Number)
    .filter((candidate) => candidate > pid);
  for (const candidate of younger.toSorted((a, b) => a - b)) {
    const stat = processStat(candidate);
    if (!stat || !parents.has(stat.parentPid)) continue;
    parents.add(candidate);
    found.push(candidate);
  }
  return found;
}

/** CPU time that a process and its descendants, those that ended and those that live, have used so far. */
export function cpuSecondsOfTree(pid: number): number {
  return [pid, ...descendantsOf(pid)]
    .map((member) => processStat(member))
    .reduce((sum, stat) => sum + (stat ? stat.cpuSeconds + stat.endedChildrenCpuSeconds : 0), 0);
}

/** Time that all processors together have been busy since the machine started, whoever used it or took it away. */
export function machineCpuSeconds(): number {
  const [, user, nice, system, , , irq, softirq, steal] = (readIfPresent('/proc/stat') ?? '')
    .split(/\s+/)
    .map(Number);
  return (
    [user, nice, system, irq, softirq, steal].reduce<number>((sum, ticks) => sum + (ticks ?? 0), 0) /
    TICKS_PER_SECOND
  );
}

/** The most memory the process has held at once, in bytes; 0 for one that is gone. */
export function peakRssBytes(pid: number): number {
  const kilobytes = /^VmHWM:\s*(\d+) kB/m.exec(readIfPresent(`/proc/${pid}/status`) ?? '')?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

function readIfPresent(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}
