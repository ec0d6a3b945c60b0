const MUST_ESCAPE = /[\\"\n]/
/** Everything that a terminal or a parser could take for more than text; a line feed has an escape of its own. */
const INVISIBLE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
const LONE_SURROGATE = /\p{Cs}/gu
const PLAIN = /^[\x20-\x7e]*$/

/** A label value as it stands between quotes (text format 0.0.4 and OpenMetrics 1.0 agree). */
export function escapeLabelValue(value: string): string {
  if (!MUST_ESCAPE.test(value)) return value
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

/**
 * Foreign text without control, format and bidi characters, and well formed. Catalogue values come clean from the
 * recorder; Prometheus takes any control character of others, and shows it to whoever reads the page.
 */
export function cleanForeignText(value: string): string {
  if (PLAIN.test(value)) return value
  return value.replace(INVISIBLE, '').replace(LONE_SURROGATE, '\ufffd')
}

/** HELP text. OpenMetrics escapes quotes there too, text 0.0.4 must not. */
export function escapeHelp(help: string, openMetrics: boolean): string {
  const escaped = cleanForeignText(help).replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return openMetrics ? escaped.replaceAll('"', '\\"') : escaped
}

/** The opposite of `escapeLabelValue`. */
export function unescapeLabelValue(text: string): string {
  return text.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
}
