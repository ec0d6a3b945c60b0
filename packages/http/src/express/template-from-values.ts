/** Maximum number of shapes of mount paths, and of templates per shape. Further ones are not learned. */
const MAX_SHAPES = 500
const MAX_KNOWN = 50

const known = new Map<string, string[]>()

/**
 * Derives the template of a mount path from the matched text and its parameters: `/api/t1` and `{ tenant: 't1' }` give
 * `/api/:tenant`. Older routers provide nothing else. A value that equals a fixed part of the path is ambiguous: a
 * template learned from another request wins, otherwise the last position that fits.
 */
export function templateFromValues(path: string, params: unknown): string {
  const values = valuesOf(params)
  const segments = path.split('/')
  const shape = `${segments.length} ${values.map(([name]) => name).join(' ')}`
  const templates = known.get(shape) ?? []
  const fitting = templates.find((template) => fits(template.split('/'), segments, values))
  if (fitting !== undefined) return fitting
  const { template, isCertain } = read(segments, values)
  if (isCertain && templates.length < MAX_KNOWN && known.size < MAX_SHAPES) known.set(shape, [...templates, template])
  return template
}

type Values = readonly (readonly [name: string, value: string])[]

function valuesOf(params: unknown): Values {
  if (typeof params !== 'object' || params === null) return []
  return Object.entries(params).flatMap(([name, value]) =>
    typeof value === 'string' && value !== '' ? [[name, value] as const] : [],
  )
}

function placeholder(name: string): string {
  return /^\d+$/.test(name) ? '*' : `:${name}`
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** Returns whether these segments can match the template: fixed parts in any case, parameters exactly. */
function fits(template: readonly string[], segments: readonly string[], values: Values): boolean {
  return template.every((part, index) => {
    const segment = segments[index] ?? ''
    const value = values.find(([name]) => placeholder(name) === part)?.[1]
    return value === undefined ? part.toLowerCase() === segment.toLowerCase() : value === decoded(segment)
  })
}

function read(segments: readonly string[], values: Values): { template: string; isCertain: boolean } {
  const parts = [...segments]
  let isCertain = true
  let last = parts.length
  for (const [name, value] of values.toReversed()) {
    const places = parts.flatMap((part, index) => (decoded(part) === value ? [index] : []))
    if (places.length > 1) isCertain = false
    const place = places.findLast((index) => index < last) ?? places.at(-1)
    if (place === undefined) {
      replaceWithin(parts, name, value)
    } else {
      parts[place] = placeholder(name)
      last = place
    }
  }
  return { template: parts.join('/'), isCertain }
}

/** Replaces a parameter that is only a part of its segment (`/v:version`) or spans several (`*`). */
function replaceWithin(parts: string[], name: string, value: string): void {
  const path = parts.join('/')
  const at = decoded(path).lastIndexOf(value)
  // An encoded value is at another position than the decoded one; then the whole path becomes one parameter.
  const replaced =
    at < 0 || decoded(path) !== path
      ? `/${placeholder(name)}`
      : path.slice(0, at) + placeholder(name) + path.slice(at + value.length)
  parts.splice(0, parts.length, ...replaced.split('/'))
}
