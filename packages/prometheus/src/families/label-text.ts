const MUST_ESCAPE = /[\\"\n]/
/** Characters that a terminal or a parser could interpret. A line feed has its own escape. */
const INVISIBLE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
const LONE_SURROGATE = /\p{Cs}/gu
const PLAIN = /^[\x20-\x7e]*$/

/** Escapes a label value for text format 0.0.4 and OpenMetrics 1.0. */
export function escapeLabelValue(value: string): string {
  if (!MUST_ESCAPE.test(value)) return value
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

/**
 * Removes control, format and bidi characters from the text of another provider and repairs its surrogates. Values of
 * the catalogue are already clean; Prometheus accepts control characters and would show them to readers of the page.
 */
export function cleanForeignText(value: string): string {
  if (PLAIN.test(value)) return value
  return value.replace(INVISIBLE, '').replace(LONE_SURROGATE, '\ufffd')
}

/** Escapes a HELP text. OpenMetrics escapes quotes, text 0.0.4 does not. */
export function escapeHelp(help: string, openMetrics: boolean): string {
  const escaped = cleanForeignText(help).replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return openMetrics ? escaped.replaceAll('"', '\\"') : escaped
}

/** Reverses `escapeLabelValue`. */
export function unescapeLabelValue(text: string): string {
  return text.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
}
