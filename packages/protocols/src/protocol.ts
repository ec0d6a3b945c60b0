import { type BodyReader, DocumentReader, openForm, openFrames } from './read/body-reader.js'
import type { ChunkTarget } from './read/chunk-target.js'
import { EventReader } from './read/event-reader.js'
import { JsonLinesReader } from './read/json-lines-reader.js'
import type { NumberTree, Selected, Selection } from './read/selection.js'
import { StartReader } from './read/start-reader.js'

/** Properties of a model call in its request. */
export interface RequestDetails {
  readonly model?: string | undefined
  readonly messageCount?: number | undefined
  readonly stream?: boolean | undefined
  /** Whether the model may call tools, so that zero tool calls are a count. */
  readonly offersTools?: boolean | undefined
}

/** A failure in a response, in the provider's words. */
export interface Failure {
  readonly status?: number | undefined
  readonly code?: string | undefined
  readonly type?: string | undefined
}

/** A call that ran elsewhere, in a response that reports calls. */
export interface ReportedCall {
  /** Identifies the call in other responses. Without an id, its position in the response identifies it. */
  readonly id?: string | undefined
  /** The operation, if it is not that of the protocol. */
  readonly operation?: string | undefined
  /** End of the call in Unix milliseconds; its duration is known if its start was reported too. */
  readonly endedMs?: number | undefined
  /** Whether the session or thread of the request made the call, with its model. */
  readonly isOfAgent?: boolean | undefined
}

/** Receives the content of a response, whole or chunk by chunk. */
export interface ResponseTarget {
  response(details: {
    readonly model?: string | undefined
    readonly serviceTier?: string | undefined
    readonly latencyMs?: number | undefined
    readonly costDollars?: number | undefined
  }): void
  /** A chunk of a stream arrived. */
  chunk(): void
  /** Token counts in the provider's spelling; counts of a later chunk replace earlier ones. */
  usage(usage: NumberTree | undefined): void
  /** Completion text arrived, as a number of UTF-8 bytes. */
  output(bytes: number | undefined): void
  /** Generated output other than completion text arrived: reasoning, audio. */
  otherOutput(isOutput: boolean | undefined): void
  /** The model requested this number of tools. */
  tools(count: number | undefined): void
  /** The model requested a tool, in one of several chunks; a repeated key is the same tool call. */
  tool(key: string): void
  /**
   * The response with this id runs in the background, and its result is fetched by the id. `seconds` is its duration, if the
   * provider reports it. Called before all other methods for the response.
   */
  background(response: { readonly id: string; readonly isOver: boolean; readonly seconds: number | undefined }): void
  /** A call that ran elsewhere; what follows belongs to it. */
  reported(call: ReportedCall): void
  /** A call that ran elsewhere started, at a time in Unix milliseconds. */
  reportedStart(id: string, startedMs: number): void
  /** The agent's session or thread with this id uses this model. */
  agent(id: string, model: string): void
  /** The response is not one of the protocol: the rest of it is not read. */
  unrelated(): void
  /** The last event of a stream arrived. */
  complete(): void
  fail(failure: Failure): void
  /** A chunk violates the protocol. Clients stop there, unless the stream still ends correctly. */
  malformed(): void
}

/** A wire protocol of model calls: its paths, and the parts of requests and responses to read. */
export interface ProtocolSpec<Q extends Selection, A extends Selection, C extends Selection> {
  readonly name: string
  /** OpenTelemetry's name of the operation. */
  readonly operation: string
  /** The provider of unknown hosts. */
  readonly provider: string
  /** Matched against the path without query. The group `model` is the model if the path contains it. */
  readonly path: RegExp
  /** Header with the requested model, if neither path nor body contains it. */
  readonly modelHeader?: string
  readonly request: Q
  describe(request: Selected<Q>): RequestDetails
  readonly response: A
  read(target: ResponseTarget, response: Selected<A>): void
  readonly chunk: C
  readChunk(target: ResponseTarget, chunk: Selected<C>, eventName: string | undefined): void
  /** Reads the headers of a response. */
  readHeaders?(target: ResponseTarget, header: (name: string) => string | undefined): void
  /** Whether every stream ends with a terminal event; a stream without it was cut. */
  readonly hasTerminalEvent: boolean
  /**
   * Calls that ran elsewhere, which the responses report: those of a batch have no duration, and prices of their own;
   * those of an agent that the provider runs have the times that it reports.
   */
  readonly reports?: 'batch' | 'agent'
  /** Framing of all responses, for any content type. */
  readonly framing?: Framing
  /** Name of a member that the first bytes of a response contain; without it, the response is unrelated. */
  readonly firstMember?: string
  /** Name of a header that all requests have, where the path alone does not distinguish them from those of other APIs. */
  readonly requiredHeader?: string
}

/** Structure of a body: one document, server-sent events, lines, or AWS' binary frames. */
export type Framing = 'document' | 'events' | 'lines' | 'frames'

/**
 * Returns the framing of a content type; undefined for types that are not read. Clients parse a response without a type,
 * and a page in the place of a response, as JSON.
 */
export function framingOf(contentType: string): Framing | undefined {
  const type = contentType.toLowerCase()
  if (/\bevent-stream\b/.test(type)) return 'events'
  if (/\bvnd\.amazon\.eventstream\b/.test(type)) return 'frames'
  if (/\bapplication\/json\b/.test(type)) return 'document'
  if (/\b(?:x-ndjson|jsonl|stream\+json)\b/.test(type)) return 'lines'
  return type === '' || /\bjson\b|^text\/html\b/.test(type) ? 'document' : undefined
}

/** A protocol as used by the wire. */
export interface Protocol {
  readonly name: string
  readonly operation: string
  readonly provider: string
  readonly path: RegExp
  readonly modelHeader?: string
  readonly hasTerminalEvent: boolean
  readonly reports?: 'batch' | 'agent'
  readonly framing?: Framing
  readonly requiredHeader?: string
  /** Reads a request. `details` is called once at its end, if it could be read. */
  openRequest(contentType: string, details: (details: RequestDetails) => void): BodyReader
  openResponse(framing: Framing, target: ResponseTarget): BodyReader
  readHeaders?(target: ResponseTarget, header: (name: string) => string | undefined): void
}

/** Creates a protocol from its table entry. The types of the values are inferred from the selections. */
export function defineProtocol<const Q extends Selection, const A extends Selection, const C extends Selection>(
  spec: ProtocolSpec<Q, A, C>,
): Protocol {
  const { name, operation, provider, path, modelHeader, hasTerminalEvent, readHeaders } = spec
  const { reports, framing, firstMember, requiredHeader } = spec
  return {
    name,
    operation,
    provider,
    path,
    hasTerminalEvent,
    ...(modelHeader !== undefined && { modelHeader }),
    ...(readHeaders !== undefined && { readHeaders }),
    ...(reports !== undefined && { reports }),
    ...(framing !== undefined && { framing }),
    ...(requiredHeader !== undefined && { requiredHeader }),
    openRequest(contentType, details) {
      const describe = (request: Selected<Q> | undefined): void => {
        if (request !== undefined) details(spec.describe(request))
      }
      if (/^multipart\/form-data\b/.test(contentType)) return openForm(spec.request, contentType, describe)
      return new DocumentReader(spec.request, describe)
    },
    openResponse(framing, target) {
      if (framing === 'document') {
        return new DocumentReader(spec.response, (response) => {
          if (response === undefined) target.fail({ type: 'invalid_response' })
          else spec.read(target, response)
        })
      }
      const chunks = new Chunks(spec, target)
      if (framing === 'events') return new EventReader(spec.chunk, chunks)
      if (framing === 'frames') return openFrames(spec.chunk, chunks)
      const lines = new JsonLinesReader(spec.chunk, chunks)
      return firstMember === undefined ? lines : new StartReader(firstMember, lines, () => target.unrelated())
    },
  }
}

/** Passes the chunks of a stream on to the protocol. */
class Chunks<C extends Selection> implements ChunkTarget<C> {
  readonly #spec: Pick<ProtocolSpec<Selection, Selection, C>, 'readChunk'>
  readonly #target: ResponseTarget

  constructor(spec: Pick<ProtocolSpec<Selection, Selection, C>, 'readChunk'>, target: ResponseTarget) {
    this.#spec = spec
    this.#target = target
  }

  chunk(value: Selected<C>, name: string | undefined): void {
    this.#target.chunk()
    this.#spec.readChunk(this.#target, value, name)
  }

  done(): void {
    this.#target.complete()
  }

  invalid(): void {
    this.#target.malformed()
  }
}
