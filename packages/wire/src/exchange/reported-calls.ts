import type { LlmCall, LlmCallOptions } from '@quipu/core'
import { type BodyReader, framingOf, type ReportedCall, type ResponseTarget } from '@quipu/protocols'
import { reportInstrumentation } from '../observers/report-instrumentation.js'
import { type ExchangeContext, pathOf, type StartedRequest } from './attempt.js'
import { decodingReader } from './decoding-reader.js'
import { targetOf } from './request-target.js'
import { ResponseTally } from './response-tally.js'
import type { Header } from './retry-rule.js'

/** A request whose response reports calls that ran elsewhere: the results of a batch, or the events of an agent. */
export class ReportedCalls {
  readonly #context: ExchangeContext
  readonly #request: StartedRequest
  readonly #startCall: (options: LlmCallOptions) => LlmCall
  readonly #location: string
  #reader: BodyReader | undefined
  /** Reads the call that is reported now. */
  #tally: ResponseTally | undefined
  #position = 0
  /** Time at which the call was reported. */
  #nowMs = 0
  happenedMs: number | undefined

  constructor(request: StartedRequest, context: ExchangeContext) {
    this.#context = context
    this.#request = request
    this.#startCall = context.recorder.deferLlmCall()
    // A copy: V8 keeps the whole of a string for a part of it, here a query that can contain a key.
    this.#location = Buffer.from(`${request.origin}${pathOf(request.path)}`).toString()
  }

  requestBytes(): void {}

  requestEnd(): void {}

  responseStart(status: number, header: Header): void {
    const { protocol } = this.#request.matched
    const framing = protocol.framing ?? framingOf(header('content-type') ?? '')
    if (status !== 200 || framing === undefined) return
    const reader = protocol.openResponse(framing, this.#target())
    const endingCalls = { write: (bytes: Uint8Array) => this.#read(reader, bytes), end: () => reader.end() }
    this.#reader = decodingReader(header('content-encoding'), endingCalls, () => this.#end())
  }

  responseBytes(bytes: Uint8Array): void {
    this.#reader?.write(bytes)
  }

  responseEnd(): void {
    this.#reader?.end()
  }

  /** A call is read with its chunk; what follows was not read. */
  fail(): void {
    this.#end()
  }

  unread(): void {
    this.#end()
  }

  /** A call is reported by one chunk: it has ended with it, although the next one may come much later. */
  #read(reader: BodyReader, bytes: Uint8Array): void {
    reader.write(bytes)
    this.#end()
  }

  /** Passes each reported call on to a tally of its own. */
  #target(): ResponseTarget {
    const { reports } = this.#context
    return {
      reported: (call) => this.#start(call),
      reportedStart: (id, startedMs) => reports.start(this.#keyOf(id), startedMs),
      agent: (id, model) => reports.setModel(this.#keyOf(id), model),
      unrelated: () => {
        this.#reader = undefined
      },
      response: (details) => this.#tally?.response(details),
      chunk: () => this.#end(),
      usage: (usage) => this.#tally?.usage(usage),
      output: (bytes) => this.#tally?.output(bytes),
      otherOutput: (isOutput) => this.#tally?.otherOutput(isOutput),
      tools: (count) => this.#tally?.tools(count),
      tool: (key) => this.#tally?.tool(key),
      background: () => undefined,
      complete: () => undefined,
      fail: (failure) => this.#tally?.fail(failure),
      malformed: () => undefined,
    }
  }

  #start({ id, operation, endedMs = Number.NaN, isOfAgent }: ReportedCall): void {
    this.#end()
    const { recorder, reports, endpoint } = this.#context
    this.#position++
    const { isNew, startedMs = Number.NaN } =
      id === undefined
        ? { isNew: reports.countPosition(this.#location, this.#position) }
        : reports.count(this.#keyOf(id))
    if (!isNew) return
    const { origin, matched } = this.#request
    const { protocol, agent } = matched
    reportInstrumentation(recorder, 'protocol', protocol.name, 'active')
    const { hostname, port, provider = protocol.provider } = targetOf(origin)
    const durationMs = Math.max(0, endedMs - startedMs)
    this.#nowMs = this.happenedMs ?? recorder.clock.monotonicMs()
    const call = this.#startCall({
      operation: operation ?? protocol.operation,
      provider,
      endpoint,
      serverAddress: hostname,
      serverPort: port,
      stream: false,
      isFromBatch: protocol.reports === 'batch',
      model: isOfAgent && agent !== undefined ? reports.modelOf(this.#keyOf(agent)) : undefined,
      startedMs: Number.isNaN(durationMs) ? null : this.#nowMs - durationMs,
    })
    this.#tally = new ResponseTally(call, false, this)
  }

  #end(): void {
    const tally = this.#tally
    this.#tally = undefined
    if (tally?.call === undefined) return
    if (tally.model !== undefined) tally.call.describe({ model: tally.model })
    if (tally.failure === undefined) tally.call.end('complete', this.#nowMs)
    else tally.call.fail(tally.failure, this.#nowMs)
  }

  /** Servers that play the same protocol can use the same ids. */
  #keyOf(id: string): string {
    return `${this.#request.origin} ${id}`
  }
}
