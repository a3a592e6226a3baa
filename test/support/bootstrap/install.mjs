/**
 * Makes a checkout ready to run: installs the locked dependencies when node_modules does not hold them, then builds.
 * Run before test, demo and bench; takes a fraction of a second when there is nothing to do.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from './project-root.mjs';

const OLDEST_NODE = [20, 19];

requireNode();
if (!isInstalled()) {
  console.error('Installing the locked dependencies (npm ci)');
  run('npm', ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund']);
}
run(process.execPath, [path.join(import.meta.dirname, 'build.mjs')]);

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  fail(`Node ${OLDEST_NODE.join('.')} or newer is needed, this is ${process.versions.node}`);
}

/** Whether node_modules holds what package-lock.json asks for, by npm's own record of what it installed. */
function isInstalled() {
  const wanted = readLockedPackages('package-lock.json');
  const installed = readLockedPackages('node_modules/.package-lock.json');
  if (!wanted) fail('package-lock.json is missing: restore it from git');
  if (!installed) return false;
  return Object.entries(wanted).every(([location, { version, integrity, optional, link }]) => {
    if (location === '' || link) return true;
    const found = installed[location];
    if (!found) return optional === true; // made for another platform
    return found.version === version && found.integrity === integrity;
  });
}

function readLockedPackages(file) {
  try {
    return JSON.parse(fs.readFileSync(path.join(projectRoot, file), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Everything the program prints goes to stderr: stdout belongs to the command that follows. */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: projectRoot, stdio: ['ignore', 2, 2] });
  if (error) fail(`${command} could not be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
