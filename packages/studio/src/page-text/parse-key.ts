/** Name and labels of a sample. */
export interface SeriesKey {
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
}

const LABEL = /\s*(?:([a-zA-Z_][\w.:]*)|"((?:[^"\\]|\\.)*)")\s*(?:=\s*"((?:[^"\\]|\\.)*)")?\s*,?/y

/** Reads `name{label="value",…}`, also in its UTF-8 form `{"a.name",label="value"}`. Never throws. */
export function parseKey(key: string): SeriesKey {
  const brace = key.indexOf('{')
  if (brace < 0) return { name: key, labels: new Map() }
  let name = key.slice(0, brace)
  const labels = new Map<string, string>()
  LABEL.lastIndex = brace + 1
  for (;;) {
    const at = LABEL.lastIndex
    const match = LABEL.exec(key)
    if (match === null || LABEL.lastIndex === at) return { name, labels }
    const [, bare, quoted, value] = match
    const label = bare ?? unescaped(quoted ?? '')
    if (value === undefined) name = label
    else labels.set(label, unescaped(value))
  }
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)) : text
}
