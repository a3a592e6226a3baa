/**
 * Compiles the TypeScript sources into dist/, puts the other files they read (.sql, …) beside them, and makes bin/*
 * executable. Does nothing when no source has changed since the last successful build.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from './project-root.mjs';

const SOURCE_ROOMS = ['src', 'streams', 'cdc', 'dashboard', 'test'];
const SETTINGS = ['tsconfig.json', 'package-lock.json', 'vitest.config.ts'];
const OUTPUT = path.join(projectRoot, 'dist');
const STAMP = path.join(OUTPUT, '.sources-digest');
const COMPILER = path.join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
const COMPILED = /\.ts$/;
/** Of what is not compiled, these are run or read where they are. */
const NOT_COPIED = /\.(?:mjs|md)$/;

makeExecutable();
const sources = SOURCE_ROOMS.flatMap(listFiles);
const digest = digestOf([...sources, ...SETTINGS]);
if (readIfPresent(STAMP) !== digest) build();

function build() {
  if (!fs.existsSync(COMPILER)) {
    fail(
      'The sources have to be compiled, and TypeScript is not installed: run `npm ci` with development dependencies, ' +
        'or bring a dist/ built from these sources before `npm ci --omit=dev`.',
    );
  }
  const compilerArgs = ['-p', 'tsconfig.json', '--incremental', '--tsBuildInfoFile', 'dist/.tsbuildinfo'];
  const { status } = spawnSync(process.execPath, [COMPILER, ...compilerArgs], {
    cwd: projectRoot,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) fail('The sources do not compile: see the messages above.');
  copyOtherFiles();
  removeOutputWithoutSource();
  fs.writeFileSync(STAMP, digest);
}

function copyOtherFiles() {
  for (const file of sources) {
    if (COMPILED.test(file) || NOT_COPIED.test(file)) continue;
    fs.mkdirSync(path.dirname(path.join(OUTPUT, file)), { recursive: true });
    fs.copyFileSync(path.join(projectRoot, file), path.join(OUTPUT, file));
  }
}

/** What a deleted or renamed source left in dist/ would go on being imported. */
function removeOutputWithoutSource() {
  const known = new Set(sources);
  for (const room of SOURCE_ROOMS) {
    for (const file of listFiles(path.join('dist', room))) {
      const origin = path.relative('dist', file).replace(/\.js(?:\.map)?$/, '.ts');
      if (!known.has(origin)) fs.rmSync(path.join(projectRoot, file));
    }
  }
}

/** All files below a directory, relative to the project; none when there is no such directory. */
function listFiles(directory) {
  const absolute = path.join(projectRoot, directory);
  if (!fs.existsSync(absolute)) return [];
  return fs
    .readdirSync(absolute, { withFileTypes: true })
    .flatMap((entry) => {
      const file = path.join(directory, entry.name);
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : listFiles(file);
      return entry.isFile() ? [file] : [];
    })
    .sort();
}

/** By content, not by time: a checkout, a copy or a deleted file must not fool it. */
function digestOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0${readIfPresent(path.join(projectRoot, file)) ?? ''}\0`);
  return hash.digest('hex');
}

function readIfPresent(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'latin1') : undefined;
}

function makeExecutable() {
  for (const file of listFiles('bin')) fs.chmodSync(path.join(projectRoot, file), 0o755);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
