import { defaultRecorder } from './default-recorder.js'
import type { RecorderHelpers } from './observe/create-helpers.js'
import { createTracker, type Tracker } from './observe/tracker.js'
import { optionsOfMethod } from './observe/with-llm-call.js'
import type { Recorder } from './recorder.js'

// All helpers as functions of the process's default recorder. `@quipu/core` and `@quipu/sdk` export the whole file.
// Each function looks the recorder up when it is called, because functions decorated at import run later.

export { withAttribution, withUser } from './observe/context.js'

/**
 * Runs a function as a use of a feature: counts it on entry, records its duration, and counts an error by its class.
 * Works with functions, promises, generators and async iterators.
 *
 * @param name the feature's name
 * @param fn the function to run
 * @returns the result of `fn`; throws its errors
 * @example
 * const report = await withFeature('threat_analysis', async () => 'no threats')
 */
export const withFeature: RecorderHelpers['withFeature'] = (name, fn) => defaultRecorder().withFeature(name, fn)

/**
 * Starts a use of a feature that `end` or `fail` ends. FeatureMetrics is the same as a class. Never throws.
 *
 * @param name the feature's name
 * @example
 * const run = startFeature('threat_analysis')
 * run.end() // or run.fail(error), or `using run = …`
 */
export const startFeature: RecorderHelpers['startFeature'] = (name) => defaultRecorder().startFeature(name)

/**
 * Wraps a function, or decorates a method, as a feature. Type, name, length, `this` and metadata stay the same.
 *
 * @param name the feature's name
 * @example
 * const double = trackFeature('doubling', (n: number) => n * 2)
 * double(21) // 42
 */
export const trackFeature: Tracker = createTracker((name) => (run) => defaultRecorder().withFeature(name, run))
/** The same as trackFeature, which detects asynchronous functions itself. */
export const trackFeatureAsync: Tracker = trackFeature

/** Counts a use of a feature without timing it. Never throws. @example trackFeatureUsage('threat_analysis') */
export const trackFeatureUsage: RecorderHelpers['trackFeatureUsage'] = (name) =>
  defaultRecorder().trackFeatureUsage(name)

/**
 * Counts an error of a feature by the name of its class, never by its message. Never throws.
 *
 * @example
 * trackFeatureError('threat_analysis', new RangeError('not read')) // error_type="RangeError"
 */
export const trackFeatureError: RecorderHelpers['trackFeatureError'] = (name, error) =>
  defaultRecorder().trackFeatureError(name, error)

/**
 * Counts an action of a user in `user_action_total`. Never throws.
 *
 * @param action the action's type, such as `export_report`
 * @example
 * trackUserAction('export_report')
 */
export const trackUserAction: RecorderHelpers['trackUserAction'] = (action) => defaultRecorder().trackUserAction(action)

/**
 * Runs a function as an action of a user: counted and timed, successful or not.
 *
 * @returns the result of `fn`; throws its errors
 * @example
 * await withUserAction('document_upload', async () => 'stored')
 */
export const withUserAction: RecorderHelpers['withUserAction'] = (action, fn) =>
  defaultRecorder().withUserAction(action, fn)

/**
 * Starts an action of a user that `end` ends. UserActionTimer is the same as a class. Never throws.
 * @example
 * const action = startUserAction('document_upload')
 * action.end()
 */
export const startUserAction: RecorderHelpers['startUserAction'] = (action) => defaultRecorder().startUserAction(action)

/** Counts a registration in `user_registrations_total`. Never throws. @example trackUserRegistration() */
export const trackUserRegistration: RecorderHelpers['trackUserRegistration'] = () =>
  defaultRecorder().trackUserRegistration()

/** Counts a login in `user_logins_total`. Never throws. @example trackUserLogin() */
export const trackUserLogin: RecorderHelpers['trackUserLogin'] = () => defaultRecorder().trackUserLogin()

/**
 * Counts a failed authentication in `user_auth_failures_total`. Never throws.
 *
 * @param reason default `invalid_credentials`
 * @example
 * trackAuthFailure('invalid_token')
 */
export const trackAuthFailure: RecorderHelpers['trackAuthFailure'] = (reason) =>
  defaultRecorder().trackAuthFailure(reason)

/**
 * Starts a session in `app_active_sessions`. Calls with the same id start one session. Never throws.
 *
 * @param id the session's id; without it, the session is only counted
 * @param options `idleTimeoutMs` to end this session after as many idle milliseconds, in place of `sessions.idleTimeoutMs`
 * @example
 * trackSessionStart('s-1')
 * trackSessionStart('s-1') // still one
 * trackSessionEnd('s-1')
 */
export const trackSessionStart: RecorderHelpers['trackSessionStart'] = (id, options) =>
  defaultRecorder().trackSessionStart(id, options)

/** Marks a session as active, for recorders that end idle sessions. Never throws. @example touchSession('s-1') */
export const touchSession: RecorderHelpers['touchSession'] = (id) => defaultRecorder().touchSession(id)

/** Ends a session; an unknown or ended id has no effect. Never throws. @example trackSessionEnd('s-1') */
export const trackSessionEnd: RecorderHelpers['trackSessionEnd'] = (id) => defaultRecorder().trackSessionEnd(id)

/**
 * Records the size of a user's workspace in `workspace_size_bytes`, under the user's pseudonym. Never throws.
 *
 * @param userId the user's id
 * @param bytes the size in bytes
 * @example
 * updateWorkspaceSize('user-42', 1_048_576)
 */
export const updateWorkspaceSize: RecorderHelpers['updateWorkspaceSize'] = (userId, bytes) =>
  defaultRecorder().updateWorkspaceSize(userId, bytes)

/** Removes a user's workspace from the page. Never throws. @example deleteWorkspace('user-42') */
export const deleteWorkspace: RecorderHelpers['deleteWorkspace'] = (userId) => defaultRecorder().deleteWorkspace(userId)

/**
 * Records the complexity of an analysis in `analysis_complexity`. Never throws.
 *
 * @param type the kind of analysis
 * @param score 1 to 10
 * @example
 * recordAnalysisComplexity('threat_model', 7)
 */
export const recordAnalysisComplexity: RecorderHelpers['recordAnalysisComplexity'] = (type, score) =>
  defaultRecorder().recordAnalysisComplexity(type, score)

/**
 * Starts a model call that the caller reports step by step. It is recorded in every vocabulary when it ends. Never
 * throws.
 *
 * @param options the requested model, the endpoint and further details, all optional
 * @example
 * const call = startLlmCall({ model: 'gpt-4', endpoint: 'chat', messageCount: 5 })
 * call.usage({ inputTokens: 120, outputTokens: 30 })
 * call.end()
 */
export const startLlmCall: RecorderHelpers['startLlmCall'] = (options) => defaultRecorder().startLlmCall(options)

/**
 * Runs a function as one model call. Usage and size are read from its result, by shape, unless the function reports
 * them through `call`. Model calls of instrumented clients or other helpers within it are a part of it and not counted
 * separately. The calls of an agent are counted separately: use `operation: 'invoke_agent'` or `withFeature`.
 *
 * @param options the requested model, the endpoint and further details, all optional
 * @param fn receives the call
 * @returns the result of `fn`; throws its errors
 * @example
 * await withLlmCall({ model: 'gpt-4', endpoint: 'chat' }, async () => ({
 *   content: 'Hello', usage: { input_tokens: 9, output_tokens: 1 },
 * }))
 */
export const withLlmCall: RecorderHelpers['withLlmCall'] = (options, fn) => defaultRecorder().withLlmCall(options, fn)

/**
 * Wraps a function, or decorates a method, as a model call of this endpoint. The model is the property `model` of the
 * object.
 *
 * @param endpoint name of the call in the application
 * @example
 * const ask = trackLlmCall('generate_response', async (prompt: string) => ({ content: `You said ${prompt}` }))
 */
export const trackLlmCall: Tracker = createTracker(
  (endpoint) => (run, self, args) => defaultRecorder().withLlmCall(optionsOfMethod(endpoint, self, args), run),
)

/** Counts a model request manually. Never throws. @example recordLlmRequest('gpt-4', 'chat') */
export const recordLlmRequest: RecorderHelpers['recordLlmRequest'] = (model, endpoint) =>
  defaultRecorder().recordLlmRequest(model, endpoint)
/**
 * Counts tokens manually, and their total. Never throws.
 *
 * @example
 * recordLlmTokens('gpt-4', 120, 30) // their total, 150, as well
 */
export const recordLlmTokens: RecorderHelpers['recordLlmTokens'] = (model, inputTokens, outputTokens) =>
  defaultRecorder().recordLlmTokens(model, inputTokens, outputTokens)
/**
 * Times a model request manually, until `end()` or the end of its block. Never throws.
 *
 * @example
 * const timer = timeLlmRequest('gpt-4', 'chat')
 * timer.end()
 */
export const timeLlmRequest: RecorderHelpers['timeLlmRequest'] = (model, endpoint) =>
  defaultRecorder().timeLlmRequest(model, endpoint)
/** Records the size of a completion in bytes. Never throws. @example recordLlmCompletionSize('gpt-4', 512) */
export const recordLlmCompletionSize: RecorderHelpers['recordLlmCompletionSize'] = (model, bytes) =>
  defaultRecorder().recordLlmCompletionSize(model, bytes)
/** Counts a model error manually. Never throws. @example recordLlmError('gpt-4', 'timeout') */
export const recordLlmError: RecorderHelpers['recordLlmError'] = (model, errorType) =>
  defaultRecorder().recordLlmError(model, errorType)
/** Counts a rate limit manually. Never throws. @example recordLlmRateLimit('gpt-4') */
export const recordLlmRateLimit: RecorderHelpers['recordLlmRateLimit'] = (model) =>
  defaultRecorder().recordLlmRateLimit(model)

/**
 * Runs a function as a tool call: `tool_call` or `tool_error`, `tool_usage`, and its duration. A call of the same tool
 * by an instrumented MCP client within it is a part of it; a tool that calls another tool is two calls.
 *
 * @param tool the tool's name, without arguments
 * @param fn the function to run
 * @returns the result of `fn`; throws its errors
 * @example
 * const sum = await withToolCall('calculator', async () => 2 + 2)
 */
export const withToolCall: RecorderHelpers['withToolCall'] = (tool, fn, options) =>
  defaultRecorder().withToolCall(tool, fn, options)

/**
 * Starts a tool call that `end` or `fail` ends. Never throws.
 *
 * @param tool the tool's name, without arguments
 * @example
 * const call = startToolCall('calculator')
 * call.end() // or call.fail(error)
 */
export const startToolCall: RecorderHelpers['startToolCall'] = (tool, options) =>
  defaultRecorder().startToolCall(tool, options)

/**
 * Records an answered request: count, duration and, for status 400 and above, an error. Never throws.
 *
 * @param request `endpoint` is the route's template, `durationMs` in milliseconds
 * @example
 * observeRequest({ endpoint: '/users/:id', method: 'GET', statusCode: 200, durationMs: 12 })
 */
export const observeRequest: RecorderHelpers['observeRequest'] = (request) => defaultRecorder().observeRequest(request)

/**
 * Records the upload of a file by a user as `file_upload`. Never throws.
 *
 * @param file its size in bytes and its media type
 * @example
 * trackFileUpload({ sizeBytes: 1024, contentType: 'application/pdf' })
 */
export const trackFileUpload: RecorderHelpers['trackFileUpload'] = (file) => defaultRecorder().trackFileUpload(file)

/**
 * Records the storage of a file as `file_stored`. Its key is read for the category and not kept. Never throws.
 *
 * @param file its size in bytes, its media type and its storage key
 * @example
 * trackFileStored({ sizeBytes: 2048, contentType: 'image/png', key: 'u/uploads/x.png' }) // category=uploads
 */
export const trackFileStored: RecorderHelpers['trackFileStored'] = (file) => defaultRecorder().trackFileStored(file)

/**
 * Records an error that affected a user as `error`, by type, never by message. Never throws.
 *
 * @param errorType one of the documented types or your own
 * @param options `user`; `error`, which is not read: if it also ends the request, `register` does not report it again
 * @example
 * trackError('rate_limit', { user: 'user@example.com' })
 */
export const trackError: RecorderHelpers['trackError'] = (errorType, options) =>
  defaultRecorder().trackError(errorType, options)

/** Records the start of the application; `start()` calls it. Never throws. @example trackAppStartup() */
export const trackAppStartup: RecorderHelpers['trackAppStartup'] = () => defaultRecorder().trackAppStartup()

/** Records the end of the application; `shutdown()` calls it. Never throws. @example trackAppShutdown() */
export const trackAppShutdown: RecorderHelpers['trackAppShutdown'] = () => defaultRecorder().trackAppShutdown()

/**
 * Logs an activity event: `[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5`. No event is created while
 * FEATURE_METRICS_LOGGING_ENABLED is off. Undeclared fields are dropped and counted. Never throws.
 *
 * @param event name of the event in the catalogue
 * @param user the user; null if unknown
 * @param fields values of the declared fields
 * @example
 * logMetric('llm_call', 'user@example.com', { model: 'gpt-4', message_count: 5 })
 */
export const logMetric: Recorder['logMetric'] = (event, user, fields) =>
  defaultRecorder().logMetric(event, user, fields)
