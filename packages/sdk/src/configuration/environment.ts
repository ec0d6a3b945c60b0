import { readFileSync } from 'node:fs'
import { QuipuError } from '@quipu/catalog/builtin'
import { environmentVariable } from '@quipu/core'

/** A variable's value; empty is the same as unset (OpenTelemetry specification, environment variables). */
export function variable(name: string): string | undefined {
  const value = environmentVariable(name)?.trim()
  return value === '' ? undefined : value
}

/** The first of some variables that is set, with its name. */
export function firstVariable(
  ...names: readonly string[]
): { readonly name: string; readonly value: string } | undefined {
  for (const name of names) {
    const value = variable(name)
    if (value !== undefined) return { name, value }
  }
  return undefined
}

/** What the signal `METRICS` or `LOGS` says of OTLP, and else what is said for all signals. */
export function otlpVariable(signal: 'METRICS' | 'LOGS', name: string): ReturnType<typeof firstVariable> {
  return firstVariable(`OTEL_EXPORTER_OTLP_${signal}_${name}`, `OTEL_EXPORTER_OTLP_${name}`)
}

type Found = ReturnType<typeof firstVariable>

export function invalidVariable(name: string, what: string, got: string, fix: string): QuipuError {
  return new QuipuError('QUIPU_CONFIG_INVALID', { what: `${name} ${what}.`, got: `${name}=${got}`, fix })
}

/** A whole number within bounds. */
export function integerOf(
  found: Found,
  { min, max = Number.MAX_SAFE_INTEGER }: { min: number; max?: number },
): number | undefined {
  if (found === undefined) return undefined
  const number = Number(found.value)
  if (Number.isInteger(number) && number >= min && number <= max) return number
  const bounds = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
  throw invalidVariable(
    found.name,
    `is not a whole number ${bounds}`,
    found.value,
    `set a whole number ${bounds}, or unset it`,
  )
}

/** One of some words, in any case. */
export function wordOf<const W extends string>(found: Found, words: readonly W[]): W | undefined {
  if (found === undefined) return undefined
  const word = words.find((each) => each === found.value.toLowerCase())
  if (word !== undefined) return word
  throw invalidVariable(
    found.name,
    'has a value that is not known',
    found.value,
    `set one of ${words.join(', ')}, or unset it`,
  )
}

/** A list of some words, separated by commas. */
export function wordsOf<const W extends string>(found: Found, words: readonly W[]): readonly W[] | undefined {
  if (found === undefined) return undefined
  const parts = found.value.split(',').map((part) => part.trim())
  return parts.filter((part) => part !== '').flatMap((value) => wordOf({ name: found.name, value }, words) ?? [])
}

/**
 * `key=value,key=value` with percent-encoded values. Values are secrets here (headers), so the error names the key only.
 */
export function pairsOf(found: Found): { readonly [key: string]: string } | undefined {
  if (found === undefined) return undefined
  const pairs: Record<string, string> = {}
  for (const part of found.value.split(',')) {
    if (part.trim() === '') continue
    const at = part.indexOf('=')
    const key = part.slice(0, Math.max(at, 0)).trim()
    const value = at < 0 ? undefined : decoded(part.slice(at + 1).trim())
    if (key === '' || value === undefined) {
      const got = key === '' ? 'a part without a key' : `a value of ${key} that is not percent-encoded`
      throw invalidVariable(
        found.name,
        'is not a list of key=value',
        `… (${got})`,
        'write key1=value1,key2=value2, with %2C for a comma and %25 for a percent sign',
      )
    }
    Object.defineProperty(pairs, key, { value, enumerable: true, configurable: true, writable: true })
  }
  return pairs
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}

/** The content of the file that a variable names. */
export function fileOf(found: Found): Buffer | undefined {
  if (found === undefined) return undefined
  try {
    return readFileSync(found.value)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    throw invalidVariable(
      found.name,
      'names a file that cannot be read',
      `${found.value} (${code})`,
      'name a PEM file that this process may read',
    )
  }
}

/** A URL of http or https. */
export function urlOf(found: Found): URL | undefined {
  if (found === undefined) return undefined
  const url = URL.canParse(found.value) ? new URL(found.value) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw invalidVariable(
    found.name,
    'is not a URL of http or https',
    found.value,
    'set one such as http://collector:4318',
  )
}
