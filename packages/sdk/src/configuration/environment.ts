import { diag } from '@opentelemetry/api'
import type { OptionSource } from '@quipu/catalog/options'
import { environmentVariable } from '@quipu/core'

/** A variable's value; empty is the same as unset (OpenTelemetry specification, environment variables). */
export function variable(name: string): string | undefined {
  const value = environmentVariable(name)?.trim()
  return value === '' ? undefined : value
}

const warned = new Set<string>()

/** Reports a variable that is ignored, once: on stderr, since most applications have no logger for `diag`, and there. */
export function warnIgnored(name: string, what: string): void {
  const text = `${name} is ignored: it ${what}`
  if (warned.has(text)) return
  warned.add(text)
  diag.warn(`quipu: ${text}`)
  try {
    process.stderr.write(`quipu: ${text}\n`)
  } catch {
    // A closed stderr is no reason to fail.
  }
}

/** The environment as the tables of options read it. */
export const environment: OptionSource = { variable, warn: warnIgnored }

/** The environment as the log records have it: `LOGS` stands where the tables say `METRICS`. */
export const logsEnvironment: OptionSource = {
  variable: (name) => variable(toLogs(name)),
  warn: (name, what) => warnIgnored(toLogs(name), what),
}

function toLogs(name: string): string {
  return name.replace('OTEL_EXPORTER_OTLP_METRICS_', 'OTEL_EXPORTER_OTLP_LOGS_')
}
