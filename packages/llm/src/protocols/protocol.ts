import { Base64Reader } from '../read/base64-reader.js'
import { EventReader } from '../read/event-reader.js'
import { FrameReader } from '../read/frame-reader.js'
import { JsonLinesReader } from '../read/json-lines-reader.js'
import { JsonReader } from '../read/json-reader.js'
import { MultipartReader } from '../read/multipart-reader.js'
import type { NumberTree, Selected, Selection } from '../read/selection.js'

/** What a request says of the model call. */
export interface RequestDetails {
  readonly model?: string | undefined
  readonly messageCount?: number | undefined
  readonly stream?: boolean | undefined
  /** Whether the model may call tools: zero tool calls are a count then. */
  readonly offersTools?: boolean | undefined
}

/** What a failure says in an answer, in the provider's words. */
export interface Failure {
  readonly status?: number | undefined
  readonly code?: string | undefined
  readonly type?: string | undefined
}

/** Receives what an answer says, in whole or chunk by chunk. */
export interface AnswerTarget {
  response(details: {
    readonly model?: string | undefined
    readonly serviceTier?: string | undefined
    readonly latencyMs?: number | undefined
    readonly costDollars?: number | undefined
  }): void
  /** A chunk of a stream came. */
  chunk(): void
  /** Token counts in the provider's spelling; counts of a later chunk replace earlier ones. */
  usage(usage: NumberTree | undefined): void
  /** Text of the completion came, as a number of UTF-8 bytes. */
  output(bytes: number | undefined): void
  /** Generated output that is not text of the completion came: reasoning, audio. */
  sign(isOutput: boolean | undefined): void
  /** The model asked for so many tools. */
  tools(count: number | undefined): void
  /** The model asked for a tool, as one of several chunks says; a repeated key is the same tool call. */
  tool(key: string): void
  /** The last event of a stream came. */
  complete(): void
  fail(failure: Failure): void
  /** A chunk is not of the protocol. Clients stop there, unless the stream ends as it should all the same. */
  malformed(): void
}

/** A wire protocol of model calls: what its paths are, and what is read of its requests and answers. */
export interface ProtocolSpec<Q extends Selection, A extends Selection, C extends Selection> {
  readonly name: string
  /** OpenTelemetry's name of the operation. */
  readonly operation: string
  /** The provider of hosts that are not known. */
  readonly provider: string
  /** Tested against the path without its query. The group `model` names the model where the path has it. */
  readonly path: RegExp
  readonly request: Q
  describe(request: Selected<Q>): RequestDetails
  readonly answer: A
  read(target: AnswerTarget, answer: Selected<A>): void
  readonly chunk: C
  readChunk(target: AnswerTarget, chunk: Selected<C>, eventName: string | undefined): void
  /** Reads what the headers of an answer say of it. */
  readHeaders?(target: AnswerTarget, header: (name: string) => string | undefined): void
  /** Whether every stream ends with an event that says so; without it the stream was cut. */
  readonly hasTerminalEvent: boolean
}

/** How a body is divided: one document, server-sent events, lines, or Amazon's binary frames. */
export type Framing = 'document' | 'events' | 'lines' | 'frames'

/** The framing of a content type; undefined for one that has nothing to read. */
export function framingOf(contentType: string): Framing | undefined {
  if (/\bevent-stream\b/.test(contentType)) return 'events'
  if (/\bvnd\.amazon\.eventstream\b/.test(contentType)) return 'frames'
  if (/\bapplication\/json\b/.test(contentType)) return 'document'
  if (/\b(?:x-ndjson|jsonl|stream\+json)\b/.test(contentType)) return 'lines'
  return /\bjson\b/.test(contentType) ? 'document' : undefined
}

/** Reads a body that arrives in pieces. */
export interface BodyReader {
  write(bytes: Uint8Array): void
  end(): void
}

/** A protocol as the wire uses it. */
export interface Protocol {
  readonly name: string
  readonly operation: string
  readonly provider: string
  readonly path: RegExp
  readonly hasTerminalEvent: boolean
  /** Reads a request; `details` is called once, at its end, when it was readable. */
  openRequest(contentType: string, details: (details: RequestDetails) => void): BodyReader
  openAnswer(framing: Framing, target: AnswerTarget): BodyReader
  readHeaders?(target: AnswerTarget, header: (name: string) => string | undefined): void
}

/** Makes a protocol of its table entry; the types of what is read are inferred from the selections. */
export function defineProtocol<const Q extends Selection, const A extends Selection, const C extends Selection>(
  spec: ProtocolSpec<Q, A, C>,
): Protocol {
  const { name, operation, provider, path, hasTerminalEvent, readHeaders } = spec
  const readChunk = (target: AnswerTarget, chunk: Selected<C>, eventName: string | undefined): void => {
    target.chunk()
    spec.readChunk(target, chunk, eventName)
  }
  return {
    name,
    operation,
    provider,
    path,
    hasTerminalEvent,
    ...(readHeaders !== undefined && { readHeaders }),
    openRequest(contentType, details) {
      const describe = (request: Selected<Q> | undefined): void => {
        if (request !== undefined) details(spec.describe(request))
      }
      if (/^multipart\/form-data\b/.test(contentType)) return form(spec.request, contentType, describe)
      return whole(spec.request, describe)
    },
    openAnswer(framing, target) {
      switch (framing) {
        case 'events':
          return events(spec.chunk, target, readChunk)
        case 'lines':
          return new JsonLinesReader(
            spec.chunk,
            (chunk) => readChunk(target, chunk, undefined),
            () => target.malformed(),
          )
        case 'frames':
          return frames(spec.chunk, target, readChunk)
        case 'document':
          return whole(spec.answer, (answer) => {
            if (answer === undefined) target.fail({ type: 'invalid_response' })
            else spec.read(target, answer)
          })
      }
    },
  }
}

function whole<S extends Selection>(selection: S, onValue: (value: Selected<S> | undefined) => void): BodyReader {
  const reader = new JsonReader(selection)
  return {
    write: (bytes) => reader.write(bytes),
    end() {
      reader.end()
      onValue(reader.value)
    },
  }
}

function form<S extends Selection>(
  selection: S,
  contentType: string,
  onValue: (value: Selected<S>) => void,
): BodyReader {
  const reader = new MultipartReader(selection, contentType)
  return { write: (bytes) => reader.write(bytes), end: () => onValue(reader.value as Selected<S>) }
}

type ReadChunk<C> = (target: AnswerTarget, chunk: Selected<C>, eventName: string | undefined) => void

function events<C extends Selection>(selection: C, target: AnswerTarget, readChunk: ReadChunk<C>): BodyReader {
  const reader = new EventReader(selection, {
    event: (chunk, name) => readChunk(target, chunk, name),
    done: () => target.complete(),
    invalid: () => target.malformed(),
  })
  return { write: (bytes) => reader.write(bytes), end: () => undefined }
}

function frames<C extends Selection>(selection: C, target: AnswerTarget, readChunk: ReadChunk<C>): BodyReader {
  const plain = new JsonReader(selection)
  const wrapped = new JsonReader(selection)
  const base64 = new Base64Reader((bytes) => wrapped.write(bytes))
  const reader = new FrameReader({
    payload(bytes) {
      plain.write(bytes)
      base64.write(bytes)
    },
    frame(type) {
      plain.end()
      wrapped.end()
      const value = wrapped.value ?? plain.value
      if (value !== undefined) readChunk(target, value, type)
      plain.reset()
      wrapped.reset()
      base64.reset()
    },
    invalid: () => target.malformed(),
  })
  return { write: (bytes) => reader.write(bytes), end: () => undefined }
}
