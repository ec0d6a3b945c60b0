import { EventReader } from '../read/event-reader.js'
import { JsonLinesReader } from '../read/json-lines-reader.js'
import { JsonReader } from '../read/json-reader.js'
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
  /** Whether every stream ends with an event that says so; without it the stream was cut. */
  readonly hasTerminalEvent: boolean
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
  openRequest(details: (details: RequestDetails) => void): BodyReader
  /** Reads an answer of this content type; undefined when the protocol has none such. */
  openAnswer(
    contentType: string,
    target: AnswerTarget,
  ): { readonly isStream: boolean; readonly reader: BodyReader } | undefined
}

/** Makes a protocol of its table entry; the types of what is read are inferred from the selections. */
export function defineProtocol<const Q extends Selection, const A extends Selection, const C extends Selection>(
  spec: ProtocolSpec<Q, A, C>,
): Protocol {
  const { name, operation, provider, path, hasTerminalEvent } = spec
  return {
    name,
    operation,
    provider,
    path,
    hasTerminalEvent,
    openRequest: (details) =>
      whole(spec.request, (request) => request !== undefined && details(spec.describe(request))),
    openAnswer(contentType, target) {
      if (/\bevent-stream\b/.test(contentType)) return { isStream: true, reader: events(spec, target) }
      if (/\b(?:x-ndjson|jsonl?|stream\+json)\b/.test(contentType) && !/\bapplication\/json\b/.test(contentType)) {
        const reader = new JsonLinesReader(spec.chunk, (chunk) => {
          target.chunk()
          spec.readChunk(target, chunk, undefined)
        })
        return { isStream: true, reader }
      }
      if (!/\bjson\b/.test(contentType)) return undefined
      const readAnswer = (answer: Selected<A> | undefined): void => {
        if (answer === undefined) target.fail({ type: 'invalid_response' })
        else spec.read(target, answer)
      }
      return { isStream: false, reader: whole(spec.answer, readAnswer) }
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

function events<Q extends Selection, A extends Selection, C extends Selection>(
  spec: ProtocolSpec<Q, A, C>,
  target: AnswerTarget,
): BodyReader {
  const reader = new EventReader(spec.chunk, {
    event: (chunk, name) => {
      target.chunk()
      spec.readChunk(target, chunk, name)
    },
    done: () => target.complete(),
  })
  return { write: (bytes) => reader.write(bytes), end: () => undefined }
}
