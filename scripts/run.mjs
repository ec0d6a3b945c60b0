import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's top folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Prints the current step, so that a long first run does not look like a hang. */
export function say(text) {
  process.stderr.write(`\u001b[2m› ${text}\u001b[0m\n`)
}

/** Runs a command in the top folder with this process's input and output; returns its exit code. */
export function run(command, args, options = {}) {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', NO_UPDATE_NOTIFIER: '1', ...options.env }
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: options.stdio ?? 'inherit',
    env,
    shell: process.platform === 'win32',
  })
  if (result.error !== undefined) throw result.error
  return result.status ?? 1
}

/** Runs a command that must succeed; otherwise this process ends with its exit code. */
export function mustRun(command, args, options) {
  const code = run(command, args, options)
  if (code !== 0) process.exit(code)
}

/** Installs the packages of the lockfile if it has changed since the last installation. */
export function ensureInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  const locked = join(root, 'package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(locked).mtimeMs) return
  say('installing dependencies …')
  // Not `npm install`, which may write the lockfile.
  mustRun('npm', ['ci', '--no-audit', '--no-fund'])
}

/** Builds every changed package. */
export function ensureBuilt() {
  say('building …')
  mustRun('npx', ['--no-install', 'turbo', 'run', 'build', '--output-logs=errors-only', '--log-order=grouped'])
}

/** Ends with a clear message if Node is too old. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  process.stderr.write(`Quipu needs Node 20.19 or later; this is ${process.versions.node}.\n`)
  process.exit(1)
}
