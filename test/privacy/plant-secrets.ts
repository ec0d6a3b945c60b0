import type { Conversation } from '../../packages/wire/fixtures/conversations.js'

/** Adds secrets to a conversation, each with the name of its place. */
export interface Planter {
  /** The places of the secrets planted so far, by secret. */
  readonly places: ReadonlyMap<string, string>
  /** Creates a secret for a place. */
  secret(place: string): string
  plant(conversation: Conversation): Conversation
}

/** Members of objects that contain content, a name or a key in some protocol. */
const MEMBERS = ['file_name', 'arguments', 'metadata', 'instructions', 'user', 'api_key', 'note'] as const

/** Prefix of every secret; the rest is unique. */
export const MARK = 'pLanted'

export function createPlanter(seed: string): Planter {
  const places = new Map<string, string>()
  const secret = (place: string): string => {
    const text = `${MARK}${seed}x${places.size.toString().padStart(6, '0')}x`
    places.set(text, place)
    return text
  }

  /** Returns the document with a secret in every text that is content, and in members of every object. */
  function planted(value: unknown, place: string, depth = 0): unknown {
    if (typeof value === 'string') return isContent(place) ? `${secret(place)} ${value}` : value
    if (Array.isArray(value)) return value.map((each, i) => planted(each, `${place}[${i}]`, depth + 1))
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).map(([name, each]) => [name, planted(each, `${place}.${name}`, depth + 1)])
    const added = MEMBERS.filter((name) => !(name in value)).map((name) => [name, secret(`${place}.${name}`)])
    // Names of members can be content, such as those of a tool's arguments or of metadata.
    return Object.fromEntries([...entries, ...added, [secret(`${place}, the name of a member`), depth]])
  }

  return {
    places,
    secret,
    plant(conversation) {
      const { name, request, response } = conversation
      const headers = {
        'x-api-key': secret(`${name}: request header`),
        authorization: `Bearer ${secret(`${name}: authorization`)}`,
        'x-file-name': secret(`${name}: request header of a file`),
      }
      const path = `${request.path}${request.path.includes('?') ? '&' : '?'}key=${secret(`${name}: query`)}`
      return {
        ...conversation,
        request: {
          ...request,
          path,
          headers: { ...request.headers, ...headers },
          ...(request.body !== undefined && { body: planted(request.body, `${name}: request`) }),
        },
        response: {
          ...response,
          headers: { ...response.headers, 'x-request-note': secret(`${name}: response header`) },
          ...plantedAnswer(response, (value, part) => planted(value, `${name}: ${part}`)),
        },
      } as Conversation
    },
  }
}

function plantedAnswer(
  { body, events, lines, frames }: Conversation['response'],
  planted: (value: unknown, part: string) => unknown,
): object {
  return {
    ...(body !== undefined && { body: planted(body, 'answer') }),
    ...(events !== undefined && {
      events: events.map((each) =>
        typeof each.data === 'object' ? { ...each, data: planted(each.data, 'event') } : each,
      ),
    }),
    ...(lines !== undefined && { lines: lines.map((line) => planted(line, 'line')) }),
    ...(frames !== undefined && {
      frames: frames.map((frame) => ({ ...frame, payload: planted(frame.payload, 'frame') })),
    }),
  }
}

/** Whether the text in this place is content, and not a word that a protocol defines. */
function isContent(place: string): boolean {
  return /\.(?:content|text|input|prompt|arguments|message|url|image_url|data|title|description|generation|outputText|response|thinking|reasoning|refusal|system|partial_json)(?:\[\d+\])?$/.test(
    place,
  )
}
