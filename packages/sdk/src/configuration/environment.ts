import type { OptionSource } from '@quipu/catalog/options'
import { diag, environmentVariable, writeToStderr } from '@quipu/core'
import { type ConfigFile, readConfigFile } from './config-file.js'

/**
 * Returns a variable's value; empty counts as unset (OpenTelemetry specification, environment variables). With a
 * configuration file, OpenTelemetry's own variables come from that file.
 */
export function variable(name: string): string | undefined {
  const file = name.startsWith('OTEL_') && name !== CONFIG_FILE ? configFile() : undefined
  const value = (file === undefined ? environmentVariable(name) : file.variables.get(name))?.trim()
  return value === '' ? undefined : value
}

/** Returns whether everything is turned off. Only the value `true` of the variable or the configuration file counts. */
export function isSdkDisabled(): boolean {
  return variable('OTEL_SDK_DISABLED')?.toLowerCase() === 'true'
}

const CONFIG_FILE = 'OTEL_CONFIG_FILE'
/** The last configuration file that was read, with its name. */
let read: { readonly name: string; readonly file: ConfigFile | undefined } | undefined

function configFile(): ConfigFile | undefined {
  const name = environmentVariable(CONFIG_FILE)?.trim()
  if (name === undefined || name === '') return undefined
  if (read?.name === name) return read.file
  const file = readConfigFile()
  read = { name, file }
  if (file === undefined) {
    warn(`${CONFIG_FILE} is ignored: it must name a file that is valid as OpenTelemetry's configuration, version 1`)
  } else if (file.unused.length > 0) {
    warn(`${CONFIG_FILE}: not used of it: ${file.unused.join(', ')}`)
  }
  return file
}

const warned = new Set<string>()

/** Reports an ignored variable, once. */
export function warnIgnored(name: string, what: string): void {
  warn(`${name} is ignored: it ${what}`)
}

/** Reports once, on stderr and through `diag`, because most applications have no logger for `diag`. */
function warn(text: string): void {
  if (warned.has(text)) return
  warned.add(text)
  diag.warn(`quipu: ${text}`)
  writeToStderr(`quipu: ${text}`)
}

/** The environment for tables of options. */
export const environment: OptionSource = { variable, warn: warnIgnored }

/** The environment for log records: it reads `LOGS` in place of `METRICS`. */
export const logsEnvironment: OptionSource = {
  variable: (name) => variable(toLogs(name)),
  warn: (name, what) => warnIgnored(toLogs(name), what),
}

function toLogs(name: string): string {
  return name.replace('OTEL_EXPORTER_OTLP_METRICS_', 'OTEL_EXPORTER_OTLP_LOGS_')
}
