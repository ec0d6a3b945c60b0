import { type BackendRule, backendRules } from '../backend-rules.js'
import type { AnyPreset } from './create-preset.js'

/** A printed text: literal pieces, and variables in place of secrets. */
export type PrintedText = readonly (string | { readonly variable: string })[]

export type Secrets = 'placeholders' | 'shown'

/** The URL of the metrics; a password in it is a secret. */
export function urlText({ url }: { readonly url: string }, secrets: Secrets): PrintedText {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (secrets === 'shown' || parsed === undefined || parsed.password === '') return [url]
  const [before, after] = cut(parsed.href, `:${parsed.password}@`)
  return [`${before}:`, { variable: 'OTLP_PASSWORD' }, `@${after}`]
}

/** The headers. Of the one with the credential, only the text before it is shown. */
export function headerTexts(preset: AnyPreset, secrets: Secrets): readonly (readonly [string, PrintedText])[] {
  const { auth }: BackendRule = backendRules[preset.backend]
  return Object.entries(preset.headers).map(([name, value]) => {
    if (secrets === 'shown' || auth === undefined || name.toLowerCase() !== auth.header) return [name, [value]]
    return [name, auth.scheme === '' ? [{ variable: auth.variable }] : [auth.scheme, { variable: auth.variable }]]
  })
}

/** Joins the printed pieces. */
export function formatText(
  text: PrintedText,
  piece: (literal: string) => string,
  variable: (name: string) => string,
): string {
  return text.map((each) => (typeof each === 'string' ? piece(each) : variable(each.variable))).join('')
}

function cut(text: string, at: string): readonly [string, string] {
  const i = text.indexOf(at)
  return [text.slice(0, i), text.slice(i + at.length)]
}
