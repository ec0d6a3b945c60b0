import type { LlmCall, LlmCallOptions } from '@quipu/core'
import type { BodyReader, ResponseTarget } from '@quipu/protocols'
import { reportInstrumentation } from '../observers/report-instrumentation.js'
import type { ExchangeContext, StartedRequest } from './attempt.js'
import { decodingReader } from './decoding-reader.js'
import { targetOf } from './request-target.js'
import { ResponseTally } from './response-tally.js'
import type { Header } from './retry-rule.js'

/** A request that fetches the results of a batch. Each result is a model call without a duration. */
export class BatchResults {
  readonly #context: ExchangeContext
  readonly #request: StartedRequest
  readonly #startCall: (options: LlmCallOptions) => LlmCall
  readonly #batch: string
  #reader: BodyReader | undefined
  #tally: ResponseTally | undefined
  #position = 0
  happenedMs: number | undefined

  constructor(request: StartedRequest, context: ExchangeContext) {
    this.#context = context
    this.#request = request
    this.#startCall = context.recorder.deferLlmCall()
    this.#batch = `${request.origin}${request.path}`.replace(/\?.*/, '')
  }

  requestBytes(): void {}

  requestEnd(): void {}

  responseStart(status: number, header: Header): void {
    if (status !== 200) return
    const { protocol } = this.#request.matched
    reportInstrumentation(this.#context.recorder, 'protocol', protocol.name, 'active')
    const reader = protocol.openResponse('lines', this.#results())
    this.#reader = decodingReader(header('content-encoding'), reader, () => this.#endResult())
  }

  responseBytes(bytes: Uint8Array): void {
    this.#reader?.write(bytes)
  }

  responseEnd(): void {
    this.#reader?.end()
  }

  /** A result is read with its line; what follows was not read. */
  fail(): void {
    this.#endResult()
  }

  unread(): void {
    this.#endResult()
  }

  /** Passes each result on to a tally of its own. */
  #results(): ResponseTarget {
    return {
      result: () => this.#startResult(),
      response: (details) => this.#tally?.response(details),
      chunk: () => this.#endResult(),
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

  #startResult(): void {
    this.#position++
    if (!this.#context.batches.count(this.#batch, this.#position)) return
    const { origin, matched } = this.#request
    const { hostname, port, provider = matched.protocol.provider } = targetOf(origin)
    const { endpoint } = this.#context
    const { operation } = matched.protocol
    const server = { serverAddress: hostname, serverPort: port }
    const call = this.#startCall({ operation, provider, endpoint, ...server, isFromBatch: true, stream: false })
    this.#tally = new ResponseTally(call, false, this)
  }

  #endResult(): void {
    const tally = this.#tally
    this.#tally = undefined
    if (tally?.call === undefined) return
    tally.call.describe({ model: tally.model })
    if (tally.failure === undefined) tally.call.end()
    else tally.call.fail(tally.failure)
  }
}
