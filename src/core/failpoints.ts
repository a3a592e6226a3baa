/**
 * Named places where a crash test can stop the program: `TRANSFUSE_FAILPOINTS="bulk.after-commit=kill@3"` kills the
 * process without warning at the third pass. Several are separated by commas. Without the variable a call costs a null check.
 */
type Action = 'kill' | 'error';

interface Failpoint {
  action: Action;
  hitsLeft: number;
}

const configured = parse(process.env['TRANSFUSE_FAILPOINTS']);

export type FailpointName =
  | 'bulk.after-run-recorded'
  | 'bulk.after-objects-dropped'
  | 'bulk.after-load-recorded'
  | 'bulk.after-chunk-claimed'
  | 'bulk.in-copy'
  | 'bulk.before-chunk-finished'
  | 'bulk.before-chunk-commit'
  | 'bulk.after-chunk-commit'
  | 'bulk.in-careful-copy'
  | 'bulk.after-load-finished'
  | 'bulk.before-load-completed'
  | 'bulk.after-load-completed'
  | 'archive.after-plan'
  | 'archive.after-chunk'
  | 'documents.after-put'
  | 'documents.before-commit'
  | 'documents.after-commit'
  | 'documents.before-removal'
  | 'restore.before-object'
  | 'restore.before-concurrent-mark'
  | 'restore.after-object'
  | 'sync.before-segment'
  | 'sync.in-apply'
  | 'sync.before-commit'
  | 'sync.after-commit'
  | 'sync.before-change-commit'
  | 'sync.after-change-commit';

export function failpoint(name: FailpointName): void {
  if (configured === null) return;
  const point = configured.get(name);
  if (!point || --point.hitsLeft !== 0) return;
  if (point.action === 'kill') process.kill(process.pid, 'SIGKILL');
  throw new Error(`failpoint ${name}`);
}

function parse(text: string | undefined): Map<string, Failpoint> | null {
  if (!text) return null;
  const points = new Map<string, Failpoint>();
  for (const part of text.split(',')) {
    const match = /^([\w.-]+)=(kill|error)(?:@(\d+))?$/.exec(part.trim());
    if (!match) throw new Error(`TRANSFUSE_FAILPOINTS: cannot read ${JSON.stringify(part)}`);
    points.set(match[1]!, { action: match[2] as Action, hitsLeft: Number(match[3] ?? 1) });
  }
  return points;
}
