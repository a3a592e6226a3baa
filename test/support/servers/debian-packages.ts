/**
 * Programs out of Debian packages, without installing them.
 *
 * The machine's own apt fetches the packages into a private root whose package status is empty, so that it resolves
 * everything down to the C library. They are unpacked and run through their own dynamic loader: neither the host's
 * libraries nor its release matter. Signatures are checked against the Debian archive keyring as always.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { cachedDirectory, cacheDirectory, exists } from './cache.ts';
import type { Program } from './processes.ts';
import { ServerUnavailableError } from './server-unavailable-error.ts';

const execute = promisify(execFile);

export interface DebianPackage {
  readonly name: string;
  readonly suites: readonly string[];
  readonly securitySuite?: string;
}

interface Architecture {
  readonly debian: string;
  readonly triplet: string;
  readonly loader: string;
}

const ARCHITECTURES: Partial<Record<NodeJS.Architecture, Architecture>> = {
  x64: { debian: 'amd64', triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { debian: 'arm64', triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
};
const APT_GET = '/usr/bin/apt-get';
const DEFAULT_MIRROR = 'http://deb.debian.org/debian';
const KEYRINGS = [
  '/usr/share/keyrings/debian-archive-keyring.gpg',
  '/usr/share/keyrings/debian-archive-keyring.pgp',
];
/** Only what installation scripts use; the servers do not. */
const NOT_UNPACKED = /^(?:perl|libperl|libgdbm|libdb5|openssl-provider|libc-gconv)/;
const MAX_APT_OUTPUT_BYTES = 16 * 1024 * 1024;

/** The unpacked package and all it depends on; fetched once, about ten seconds. */
export async function packageTree(wanted: DebianPackage): Promise<PackageTree> {
  const architecture = ARCHITECTURES[process.arch];
  if (process.platform !== 'linux' || !architecture) {
    throw new ServerUnavailableError(
      `${wanted.name}: only Linux on x64 and arm64, this is ${process.platform} ${process.arch}`,
    );
  }
  const name = `${wanted.name}-${wanted.suites[0]}-${architecture.debian}`;
  const directory = await cachedDirectory(cacheDirectory(), name, (empty) =>
    fetchAndUnpack(wanted, architecture, empty).catch((error: unknown) => {
      if (error instanceof ServerUnavailableError) throw error;
      throw new ServerUnavailableError(
        `${wanted.name} could not be fetched from Debian: ${aptComplaint(error)}`,
        {
          cause: error,
        },
      );
    }),
  );
  return new PackageTree(directory, architecture);
}

export class PackageTree {
  readonly directory: string;
  readonly #architecture: Architecture;

  constructor(directory: string, architecture: Architecture) {
    this.directory = directory;
    this.#architecture = architecture;
  }

  path(...parts: string[]): string {
    return path.join(this.directory, ...parts);
  }

  /** A program of the tree, run through the tree's own loader and libraries. */
  program(executable: string, args: readonly string[]): Program {
    const { triplet, loader } = this.#architecture;
    const libraries = [`usr/lib/${triplet}`, 'usr/lib/mysql/private']
      .map((part) => this.path(part))
      .join(':');
    const loaderFile = this.path('usr/lib', triplet, loader);
    return { command: loaderFile, args: ['--library-path', libraries, this.path(executable), ...args] };
  }
}

async function fetchAndUnpack(
  wanted: DebianPackage,
  architecture: Architecture,
  tree: string,
): Promise<void> {
  if (!(await exists(APT_GET))) {
    throw new ServerUnavailableError(`${wanted.name}: this needs Debian or Ubuntu (${APT_GET} is missing)`);
  }
  const aptRoot = await fs.mkdtemp(path.join(os.tmpdir(), 'transfuse-apt-'));
  try {
    for (const part of ['lists/partial', 'archives/partial']) {
      await fs.mkdir(path.join(aptRoot, part), { recursive: true });
    }
    await fs.writeFile(path.join(aptRoot, 'status'), '');
    await fs.writeFile(path.join(aptRoot, 'sources.list'), await sourcesList(wanted, architecture));
    const settings = aptSettings(aptRoot, architecture);
    await apt([...settings, 'update']);
    await apt([...settings, '--yes', '--no-install-recommends', '--download-only', 'install', wanted.name]);
    const archives = path.join(aptRoot, 'archives');
    for (const file of await fs.readdir(archives)) {
      if (!file.endsWith('.deb') || NOT_UNPACKED.test(file)) continue;
      await execute('dpkg-deb', ['--extract', path.join(archives, file), tree]);
    }
    await mergeLibraryDirectory(tree);
  } finally {
    await fs.rm(aptRoot, { recursive: true, force: true });
  }
}

/** Packages from before the /usr merge still bring libraries in /lib. */
async function mergeLibraryDirectory(tree: string): Promise<void> {
  const old = path.join(tree, 'lib');
  if (!(await exists(old))) return;
  await fs.cp(old, path.join(tree, 'usr/lib'), { recursive: true, verbatimSymlinks: true });
  await fs.rm(old, { recursive: true });
}

/** Ended by the kernel when this process ends. */
async function apt(args: string[]): Promise<void> {
  await execute('setpriv', ['--pdeathsig', 'SIGKILL', '--', APT_GET, '--quiet', ...args], {
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
    maxBuffer: MAX_APT_OUTPUT_BYTES,
  });
}

function aptSettings(aptRoot: string, architecture: Architecture): string[] {
  const settings = {
    'Dir::Etc::sourcelist': `${aptRoot}/sources.list`,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::State::lists': `${aptRoot}/lists`,
    'Dir::State::status': `${aptRoot}/status`,
    'Dir::Cache::archives': `${aptRoot}/archives`,
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    'Debug::NoLocking': '1',
    'APT::Sandbox::User': os.userInfo().username,
    'APT::Architecture': architecture.debian,
    'APT::Update::Error-Mode': 'any', // else a release that fails to download is only a warning
    'Acquire::Check-Valid-Until': 'false', // a mirror behind the day's release does for a throw-away server; its signature is still checked
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['--option', `${name}=${value}`]);
}

async function sourcesList(wanted: DebianPackage, architecture: Architecture): Promise<string> {
  let keyring: string | undefined;
  for (const candidate of KEYRINGS) if (await exists(candidate)) keyring ??= candidate;
  if (!keyring) {
    throw new ServerUnavailableError(
      `${wanted.name}: the Debian archive keyring is missing: apt-get install debian-archive-keyring (Ubuntu has it too)`,
    );
  }
  const mirror = process.env['TRANSFUSE_DEBIAN_MIRROR'] ?? (await machineMirror()) ?? DEFAULT_MIRROR;
  const options = `[arch=${architecture.debian} signed-by=${keyring}]`;
  const lines = wanted.suites.map((suite) => `deb ${options} ${mirror} ${suite} main`);
  if (wanted.securitySuite) {
    lines.push(
      `deb ${options} ${mirror.replace(/debian\/?$/, 'debian-security')} ${wanted.securitySuite} main`,
    );
  }
  return lines.join('\n') + '\n';
}

/** The Debian mirror of this machine's own apt sources, in either of their two formats. None on Ubuntu. */
async function machineMirror(): Promise<string | undefined> {
  const directory = '/etc/apt/sources.list.d';
  const names = await fs.readdir(directory).catch(() => []);
  for (const file of ['/etc/apt/sources.list', ...names.map((name) => path.join(directory, name))]) {
    const text = await fs.readFile(file, 'utf8').catch(() => '');
    const match = /^(?:URIs:\s*|deb\s+(?:\[[^\]]*\]\s+)?)(https?:\/\/\S+\/debian)\/?(?:\s|$)/m.exec(text);
    if (match) return match[1];
  }
  return undefined;
}

/** What apt itself said, in one line. */
function aptComplaint(error: unknown): string {
  const { stderr, message } = error as Error & { stderr?: string };
  const complaints = (stderr ?? '').split('\n').filter((line) => /^(?:E|Err|W):/.test(line));
  return complaints.join(' ') || message;
}
