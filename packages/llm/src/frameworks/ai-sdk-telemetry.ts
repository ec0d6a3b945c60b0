import { follow, type Recorder, shared } from '@quipu/core'
import { at, isCallable, isShape } from '@quipu/wire/shape'
import { OpenRuns } from './open-runs.js'
import { OpenStreams } from './open-streams.js'
import { ReportedTools } from './reported-tools.js'
import { runToolCall } from './tool-calls.js'
import { UnseenCalls } from './unseen-calls.js'

/** The functions that the AI SDK calls: the first eight in version 7, the other two in version 6. */
export interface AiSdkTelemetry {
  onStart(event: object): void
  onStepStart(event: object): void
  onEnd(event: object): void
  onAbort(event: object): void
  onError(event: unknown): void
  executeLanguageModelCall<T>(call: { readonly execute: () => PromiseLike<T> }): PromiseLike<T>
  onLanguageModelCallEnd(event: object): void
  executeTool<T>(call: { readonly execute: () => PromiseLike<T> }): PromiseLike<T>
  onToolCallStart(event: object): void
  onToolCallFinish(event: object): void
}

/**
 * Creates a telemetry integration of the AI SDK, version 6 or 7, that counts tool calls, and in version 7 records what is
 * generated with tools as runs of an agent. Model calls are observed on the wire; in version 7, those without a request are
 * recorded here, as long as the wire is observed. It reads only ids, names, token counts, and whether a call failed. It
 * replaces the integration that `register` adds.
 *
 * @param options `recorder`: default, the recorders that observe all model calls of the process
 * @returns an integration for `registerTelemetry`; results and errors of tools stay the same; never throws
 * @example
 * registerTelemetry(createAiSdkTelemetry())
 */
export function createAiSdkTelemetry(options: AiSdkTelemetryOptions = {}): AiSdkTelemetry {
  const { created, ofProcess } = integrations()
  // Both would count the same calls.
  const at = registered().indexOf(ofProcess)
  if (at >= 0) registered().splice(at, 1)
  const telemetry = createTelemetry(options)
  created.add(telemetry)
  return telemetry
}

type AiSdkTelemetryOptions = { readonly recorder?: Recorder | undefined }

function createTelemetry({ recorder }: AiSdkTelemetryOptions = {}): AiSdkTelemetry {
  const tools = new ReportedTools(recorder)
  const runs = new OpenRuns(recorder)
  const unseen = new UnseenCalls(recorder)
  const streams = new OpenStreams((id) => {
    unseen.abandon(id)
    runs.abandon(id)
  })
  const callOf = (event: unknown): unknown => at(event, 'callId')
  return {
    onStart(event) {
      if (callOf(event) !== undefined && hasTools(event)) runs.start(callOf(event), nameOf(event), { isAgent: true })
    },
    onStepStart: (event) => runs.countCall('inference', callOf(event)),
    onEnd(event) {
      // The only report of a failed stream; it does not contain the error.
      unseen.fail(callOf(event), FAILURE)
      if (hasFailed(event)) runs.fail(callOf(event), FAILURE)
      else runs.end(callOf(event))
    },
    onAbort(event) {
      unseen.abort(callOf(event))
      runs.abort(callOf(event))
    },
    onError(event) {
      unseen.fail(callOf(event), at(event, 'error'))
      runs.fail(callOf(event), at(event, 'error'))
    },
    executeLanguageModelCall(call) {
      const id = callOf(call)
      return follow(
        () => unseen.run(id, call, call.execute),
        (ending) => {
          const stream = ending.kind === 'returned' ? at(ending.result, 'stream') : undefined
          if (isShape(stream)) streams.start(id, stream)
        },
      )
    },
    onLanguageModelCallEnd(event) {
      streams.end(callOf(event))
      if (hasFailed(event)) unseen.fail(callOf(event), FAILURE)
      else unseen.end(callOf(event), at(event, 'usage'))
    },
    executeTool(call) {
      const name = at(at(call, 'toolCall'), 'toolName')
      runs.countCall('tool', callOf(call))
      return typeof name === 'string' ? runToolCall(recorder, name, call.execute) : call.execute()
    },
    onToolCallStart(event) {
      const call = at(event, 'toolCall')
      tools.start(at(call, 'toolCallId'), at(call, 'toolName'))
    },
    onToolCallFinish(event) {
      const isFailure = at(event, 'success') === false
      tools.end(at(at(event, 'toolCall'), 'toolCallId'), isFailure ? { thrown: at(event, 'error') } : undefined)
    },
  }
}

const FAILURE = { type: 'unknown' }
const hasFailed = (event: unknown): boolean => at(event, 'finishReason') === 'error'

/** What may take several steps: without tools it is one model call. Version 6 does not say which start an end belongs to. */
export const hasTools = (event: unknown): boolean => Object.keys(Object(at(event, 'tools'))).length > 0

/** The id of an agent's telemetry, by which OpenTelemetry's own integration of the SDK names agents too. */
const nameOf = (event: unknown): unknown => at(event, 'functionId')

/** Where all copies and versions of the AI SDK store their integrations. */
const REGISTRY = 'AI_SDK_TELEMETRY_INTEGRATIONS'

/** Whether integrations of this version (7) see tools, runs and model calls. */
export const hasTelemetry = (exports: unknown): boolean => isCallable(at(exports, 'registerTelemetry'))

/**
 * Observes the AI SDK 7 through a telemetry integration. Of versions 5 and 6, functions are replaced.
 *
 * @param exports exports of `ai`
 * @returns whether this version has integrations
 */
export function observeAiSdk(exports: unknown): boolean {
  if (!hasTelemetry(exports)) return false
  const { created, ofProcess } = integrations()
  const isObserved = registered().some((each) => each === ofProcess || (isShape(each) && created.has(each)))
  if (!isObserved) registered().push(ofProcess)
  return true
}

/** The SDK's list of integrations. */
function registered(): unknown[] {
  const known: unknown = Reflect.get(globalThis, REGISTRY)
  const list: unknown[] = Array.isArray(known) ? known : []
  Reflect.set(globalThis, REGISTRY, list)
  return list
}

/** The integration that `register` adds, and those that the application has created. */
const integrations = () =>
  shared('llm.ai-sdk', () => ({ ofProcess: createTelemetry(), created: new WeakSet<WeakKey>() }))
