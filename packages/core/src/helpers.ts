import { defaultRecorder } from './default-recorder.js'
import type { RecorderHelpers } from './observe/create-helpers.js'
import { optionsOfMethod } from './observe/llm-run.js'
import { createTracker, type Tracker } from './observe/tracker.js'
import type { Recorder } from './recorder.js'

// Every helper as a function of the process's default recorder. This file is the list: `@quipu/core` and `@quipu/sdk` export
// all of it. Each finds the recorder when it is called, also what was decorated at import and runs much later.

export { withAttribution, withUser } from './observe/context.js'

/**
 * Runs a function as a feature: `feature_usage_total` at entry (S18), `feature_duration_seconds` always (S19), and on an
 * error `feature_errors_total` by its class (S20). Functions, promises, generators and async iterators alike.
 *
 * @returns what `fn` returns; throws what it throws
 * @example
 * const report = await withFeature('threat_analysis', async () => 'no threats')
 */
export const withFeature: RecorderHelpers['withFeature'] = (name, fn) => defaultRecorder().withFeature(name, fn)

/**
 * Begins a use of a feature that is ended by hand; FeatureMetrics does the same as a class.
 *
 * @example
 * const run = startFeature('threat_analysis')
 * run.end() // or run.fail(error), or `using run = …`
 */
export const startFeature: RecorderHelpers['startFeature'] = (name) => defaultRecorder().startFeature(name)

/**
 * Wraps a function, or decorates a method, as a feature (S31, S32). Type, name, length, `this` and metadata stay.
 *
 * @example
 * const double = trackFeature('doubling', (n: number) => n * 2)
 * double(21) // 42
 */
export const trackFeature: Tracker = createTracker((name) => (run) => defaultRecorder().withFeature(name, run))
/** The same as trackFeature, which sees for itself whether a function is asynchronous (S31). */
export const trackFeatureAsync: Tracker = trackFeature

/** Counts a use of a feature without timing it. */
export const trackFeatureUsage: RecorderHelpers['trackFeatureUsage'] = (name) =>
  defaultRecorder().trackFeatureUsage(name)

/**
 * Counts an error of a feature by its class name, never by its message.
 *
 * @example
 * trackFeatureError('threat_analysis', new RangeError('not read')) // error_type="RangeError"
 */
export const trackFeatureError: RecorderHelpers['trackFeatureError'] = (name, error) =>
  defaultRecorder().trackFeatureError(name, error)

/**
 * Counts a user's action: `user_action_total` (S24, S36).
 *
 * @example
 * trackUserAction('export_report')
 */
export const trackUserAction: RecorderHelpers['trackUserAction'] = (action) => defaultRecorder().trackUserAction(action)

/**
 * Runs a function as a user's action: counted (S24) and timed (S25), whether it succeeds or not.
 *
 * @example
 * await withUserAction('document_upload', async () => 'stored')
 */
export const withUserAction: RecorderHelpers['withUserAction'] = (action, fn) =>
  defaultRecorder().withUserAction(action, fn)

/**
 * Begins a user's action that is ended by hand; UserActionTimer does the same as a class.
 *
 * @example
 * const action = startUserAction('document_upload')
 * action.end()
 */
export const startUserAction: RecorderHelpers['startUserAction'] = (action) => defaultRecorder().startUserAction(action)

/** Counts a registration: `user_registrations_total` (S21). */
export const trackUserRegistration: RecorderHelpers['trackUserRegistration'] = () =>
  defaultRecorder().trackUserRegistration()

/** Counts a login: `user_logins_total` (S22, S34). */
export const trackUserLogin: RecorderHelpers['trackUserLogin'] = () => defaultRecorder().trackUserLogin()

/**
 * Counts a failed authentication: `user_auth_failures_total` (S23); `invalid_credentials` when no reason is given.
 *
 * @example
 * trackAuthFailure('invalid_token')
 */
export const trackAuthFailure: RecorderHelpers['trackAuthFailure'] = (reason) =>
  defaultRecorder().trackAuthFailure(reason)

/**
 * Says that a session began (S33): `app_active_sessions`. With an id it is one session however often it is said (T11).
 *
 * @example
 * trackSessionStart('s-1')
 * trackSessionStart('s-1') // still one
 * trackSessionEnd('s-1')
 */
export const trackSessionStart: RecorderHelpers['trackSessionStart'] = (id) => defaultRecorder().trackSessionStart(id)

/** Says that a session is still alive, for recorders that end idle ones. */
export const touchSession: RecorderHelpers['touchSession'] = (id) => defaultRecorder().touchSession(id)

/** Says that a session ended (S35). An unknown id or a second end does nothing; the gauge never goes below zero (T11). */
export const trackSessionEnd: RecorderHelpers['trackSessionEnd'] = (id) => defaultRecorder().trackSessionEnd(id)

/**
 * Says how large a user's workspace is, in bytes: `workspace_size_bytes` (S26), under the user's pseudonym (T7).
 *
 * @example
 * updateWorkspaceSize('user-42', 1_048_576)
 */
export const updateWorkspaceSize: RecorderHelpers['updateWorkspaceSize'] = (userId, bytes) =>
  defaultRecorder().updateWorkspaceSize(userId, bytes)

/** Takes a user's workspace off the page (T7). */
export const deleteWorkspace: RecorderHelpers['deleteWorkspace'] = (userId) => defaultRecorder().deleteWorkspace(userId)

/**
 * Records how complex an analysis was, by the documents' scale 1 to 10: `analysis_complexity` (S27).
 *
 * @example
 * recordAnalysisComplexity('threat_model', 7)
 */
export const recordAnalysisComplexity: RecorderHelpers['recordAnalysisComplexity'] = (type, score) =>
  defaultRecorder().recordAnalysisComplexity(type, score)

/**
 * Begins a model call that is told by hand what happens to it, and is counted in every vocabulary when it ends.
 *
 * @example
 * const call = startLlmCall({ model: 'gpt-4', endpoint: 'chat', messageCount: 5 })
 * call.usage({ inputTokens: 120, outputTokens: 30 })
 * call.end()
 */
export const startLlmCall: RecorderHelpers['startLlmCall'] = (options) => defaultRecorder().startLlmCall(options)

/**
 * Runs a function as one model call. Usage and size are read from what it returns, by shape, where the function does not
 * say them through `call`. What an instrumented client or another helper says within it is a part of it and is not counted
 * again; an agent's calls are counted each, under `operation: 'invoke_agent'` or `withFeature`.
 *
 * @returns what `fn` returns; throws what it throws
 * @example
 * await withLlmCall({ model: 'gpt-4', endpoint: 'chat' }, async () => ({
 *   content: 'Hello', usage: { input_tokens: 9, output_tokens: 1 },
 * }))
 */
export const withLlmCall: RecorderHelpers['withLlmCall'] = (options, fn) => defaultRecorder().withLlmCall(options, fn)

/**
 * Wraps a function, or decorates a method, as a model call of that endpoint (S28); the model is the object's `model`.
 *
 * @example
 * const ask = trackLlmCall('generate_response', async (prompt: string) => ({ content: `You said ${prompt}` }))
 */
export const trackLlmCall: Tracker = createTracker(
  (endpoint) => (run, self, args) => defaultRecorder().withLlmCall(optionsOfMethod(endpoint, self, args), run),
)

/** Counts a model request by hand (S8). An observation (`withLlmCall`) is the better way: it speaks every vocabulary. */
export const recordLlmRequest: RecorderHelpers['recordLlmRequest'] = (model, endpoint) =>
  defaultRecorder().recordLlmRequest(model, endpoint)
/**
 * Counts tokens by hand (S9).
 *
 * @example
 * recordLlmTokens('gpt-4', 120, 30) // their total, 150, as well
 */
export const recordLlmTokens: RecorderHelpers['recordLlmTokens'] = (model, inputTokens, outputTokens) =>
  defaultRecorder().recordLlmTokens(model, inputTokens, outputTokens)
/**
 * Times a model request by hand, until `end()` or the end of its block (S10).
 *
 * @example
 * const timer = timeLlmRequest('gpt-4', 'chat')
 * timer.end()
 */
export const timeLlmRequest: RecorderHelpers['timeLlmRequest'] = (model, endpoint) =>
  defaultRecorder().timeLlmRequest(model, endpoint)
/** Records the size of a completion by hand, in bytes (S11). */
export const recordLlmCompletionSize: RecorderHelpers['recordLlmCompletionSize'] = (model, bytes) =>
  defaultRecorder().recordLlmCompletionSize(model, bytes)
/** Counts a model error by hand (S12). */
export const recordLlmError: RecorderHelpers['recordLlmError'] = (model, errorType) =>
  defaultRecorder().recordLlmError(model, errorType)
/** Counts a rate limit by hand (S13). */
export const recordLlmRateLimit: RecorderHelpers['recordLlmRateLimit'] = (model) =>
  defaultRecorder().recordLlmRateLimit(model)

/**
 * Runs a function as a tool call: `tool_call` or `tool_error` (A20, A22), `tool_usage` (K14), and its duration. An
 * instrumented MCP client's call of the same tool is a part of it; a tool that calls another is two.
 *
 * @returns what `fn` returns; throws what it throws
 * @example
 * const sum = await withToolCall('calculator', async () => 2 + 2)
 */
export const withToolCall: RecorderHelpers['withToolCall'] = (tool, fn, options) =>
  defaultRecorder().withToolCall(tool, fn, options)

/**
 * Begins a tool call that is ended by hand.
 *
 * @example
 * const call = startToolCall('calculator')
 * call.end() // or call.fail(error)
 */
export const startToolCall: RecorderHelpers['startToolCall'] = (tool, options) =>
  defaultRecorder().startToolCall(tool, options)

/**
 * Says that a request was answered: S14, S15 and, from status 400 on, S17. The duration is in milliseconds.
 *
 * @example
 * observeRequest({ endpoint: '/users/:id', method: 'GET', statusCode: 200, durationMs: 12 })
 */
export const observeRequest: RecorderHelpers['observeRequest'] = (request) => defaultRecorder().observeRequest(request)

/**
 * Says that a user uploaded a file, its size in bytes: `file_upload` (A24–A26).
 *
 * @example
 * trackFileUpload({ sizeBytes: 1024, contentType: 'application/pdf' })
 */
export const trackFileUpload: RecorderHelpers['trackFileUpload'] = (file) => defaultRecorder().trackFileUpload(file)

/**
 * Says that a file was stored, its size in bytes: `file_stored` (A27–A30). Its key is read for the category and not kept.
 *
 * @example
 * trackFileStored({ sizeBytes: 2048, contentType: 'image/png', key: 'u/uploads/x.png' }) // category=uploads
 */
export const trackFileStored: RecorderHelpers['trackFileStored'] = (file) => defaultRecorder().trackFileStored(file)

/**
 * Says that a user met an error: `error` (A31, A32), by type, never by message.
 *
 * @example
 * trackError('rate_limit', { user: 'user@example.com' })
 */
export const trackError: RecorderHelpers['trackError'] = (errorType, options) =>
  defaultRecorder().trackError(errorType, options)

/** Says that the application started (K18); `start()` does so. */
export const trackAppStartup: RecorderHelpers['trackAppStartup'] = () => defaultRecorder().trackAppStartup()

/** Says that the application is shutting down (K19); `shutdown()` does so. */
export const trackAppShutdown: RecorderHelpers['trackAppShutdown'] = () => defaultRecorder().trackAppShutdown()

/**
 * Says an activity event (A43–A47): `[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5`. Nothing is made
 * of it while FEATURE_METRICS_LOGGING_ENABLED is off; fields that the event does not declare are dropped and counted.
 *
 * @example
 * logMetric('llm_call', 'user@example.com', { model: 'gpt-4', message_count: 5 })
 */
export const logMetric: Recorder['logMetric'] = (event, user, fields) =>
  defaultRecorder().logMetric(event, user, fields)
