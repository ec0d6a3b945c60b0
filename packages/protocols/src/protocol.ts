import { type BodyReader, DocumentReader, openForm, openFrames } from './read/body-reader.js'
import type { ChunkTarget } from './read/chunk-target.js'
import { EventReader } from './read/event-reader.js'
import { JsonLinesReader } from './read/json-lines-reader.js'
import type { NumberTree, Selected, Selection } from './read/selection.js'

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
  /** What follows is the result of another call, in a response with the results of several calls. */
  result(): void
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
  return {
    name,
    operation,
    provider,
    path,
    hasTerminalEvent,
    ...(modelHeader !== undefined && { modelHeader }),
    ...(readHeaders !== undefined && { readHeaders }),
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
      return framing === 'lines' ? new JsonLinesReader(spec.chunk, chunks) : openFrames(spec.chunk, chunks)
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
