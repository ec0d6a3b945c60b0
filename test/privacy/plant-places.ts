import { matchRequest } from '@quipu/protocols'
import type { ContentPlaces, Part } from '../../packages/protocols/fixtures/content-places.js'
import type { Conversation } from '../../packages/wire/fixtures/conversations.js'

type Members = Record<string, unknown>
type Secret = (place: string) => string

const MODEL = 'gpt-4.1'
const BOUNDARY = 'planted-boundary'
const contentTypes = {
  events: 'text/event-stream',
  lines: 'application/x-ndjson',
  frames: 'application/vnd.amazon.eventstream',
} as const

/** Returns calls of a protocol with a secret in each of its places: with a document, a stream, and an error. */
export function plantPlaces(table: ContentPlaces, secretOf: Secret): readonly Conversation[] {
  const { protocol, framing, places } = table
  const planted = (part: Part, base: Members = {}): Members => documentOf(places[part] ?? [], secretIn(part), base)
  const secretIn = (part: Part) => (place: string) => secretOf(`${protocol}: ${part} ${place}`)
  const headersIn = (part: Part) => Object.fromEntries((places[part] ?? []).map((name) => [name, secretIn(part)(name)]))
  const answered = (title: string, status: number, type: string, response: object): Conversation => ({
    name: `${protocol}: ${title}`,
    client: 'fetch',
    host: '127.0.0.1',
    request: plantRequest(table, secretIn),
    response: { status, headers: { 'content-type': type, ...headersIn('answer-headers') }, ...response },
    expected: { streamed: false },
  })
  return [
    ...(places.answer ? [answered('document', 200, 'application/json', { body: planted('answer') })] : []),
    ...(framing
      ? [answered('stream', 200, contentTypes[framing], { [framing]: streamOf(framing, planted('stream')) })]
      : []),
    answered('error', 400, 'application/json', { body: planted('error') }),
  ]
}

function plantRequest(
  { method, path, places }: ContentPlaces,
  secretIn: (part: Part) => Secret,
): Conversation['request'] {
  const query = (places.query ?? []).map((name) => `${name}=${secretIn('query')(name)}`)
  const { modelHeader, requiredHeader } = matchRequest(method, path)?.protocol ?? {}
  const headers = Object.fromEntries((places.headers ?? []).map((name) => [name, secretIn('headers')(name)]))
  const request = { method, path: `${path}?${query.join('&')}` }
  const named = [modelHeader, requiredHeader].filter((name) => name !== undefined)
  const all = { ...headers, ...Object.fromEntries(named.map((name) => [name, MODEL])) }
  if (places.form !== undefined) {
    const type = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }
    return { ...request, headers: { ...all, ...type }, text: formOf(places.form, secretIn('form')) }
  }
  if (places.request === undefined) return { ...request, headers: all }
  const body = documentOf(places.request, secretIn('request'), { model: MODEL })
  return { ...request, headers: { ...all, 'content-type': 'application/json' }, body }
}

function streamOf(framing: 'events' | 'lines' | 'frames', chunk: Members): readonly unknown[] {
  if (framing === 'lines') return [chunk]
  if (framing === 'frames') return [{ headers: { ':event-type': 'chunk' }, payload: chunk }]
  return [{ data: chunk }, { data: '[DONE]' }]
}

function formOf(places: readonly string[], secret: Secret): string {
  const parts = [`name="model"\r\n\r\n${MODEL}`, ...places.map((place) => fieldOf(place, secret))]
  const fields = parts.map((part) => `--${BOUNDARY}\r\nContent-Disposition: form-data; ${part}\r\n`)
  return `${fields.join('')}--${BOUNDARY}--\r\n`
}

function fieldOf(place: string, secret: Secret): string {
  if (place === '{}') return `name="${secret(place)}"\r\n\r\n1`
  return place === 'filename'
    ? `name="file"; filename="${secret(place)}"\r\nContent-Type: audio/wav\r\n\r\n1`
    : `name="${place}"\r\n\r\n${secret(place)}`
}

/** Builds a document with a text in each place. */
function documentOf(places: readonly string[], secret: Secret, base: Members): Members {
  const root = { ...base }
  for (const place of places) plantAt(root, place.match(/[^.[\]{}]+|\[\]|\{\}/g) ?? [], secret(place))
  return root
}

/** Sets a text in a document by its steps: names of members, `[]` for an element, `{}` for the name of a member. */
function plantAt(holder: Members | unknown[], [step = '', next, ...rest]: readonly string[], text: string): void {
  const isLast = next === undefined
  if (step === '{}' && !Array.isArray(holder)) holder[text] = 1
  else if (Array.isArray(holder)) {
    const last = holder.at(-1)
    if (isLast) holder.push(text)
    else if (isHolder(last)) plantAt(last, [next, ...rest], text)
    else plantAt(appended(holder, next), [next, ...rest], text)
  } else if (isLast) holder[step] = text
  else {
    holder[step] ??= holderFor(next)
    const inner = holder[step]
    if (!isHolder(inner)) throw new Error(`the place ${step} is a text and a holder`)
    plantAt(inner, [next, ...rest], text)
  }
}

function appended(holder: unknown[], next: string): Members | unknown[] {
  const inner = holderFor(next)
  holder.push(inner)
  return inner
}

const holderFor = (next: string): Members | unknown[] => (next === '[]' ? [] : {})

function isHolder(value: unknown): value is Members | unknown[] {
  return typeof value === 'object' && value !== null
}
