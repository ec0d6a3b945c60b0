/*
 * Copies of a package in one process, CommonJS, ESM or duplicated by a bundler, share values under these symbols, on
 * `globalThis` or on a marked object. Increase a version when the shape of its value changes.
 */

/** Marks a QuipuError, also for another copy of its class. */
export const ERROR: unique symbol = Symbol.for('quipu.error')
/** The default recorder, and the context of the running call. */
export const PROCESS: unique symbol = Symbol.for('quipu.process.v1')
/** Open requests, and the recorders that observe them. */
export const HTTP: unique symbol = Symbol.for('quipu.http.v2')
/** Marks a user who is looked up when a line needs the name. */
export const LAZY_USER: unique symbol = Symbol.for('quipu.lazy-user')
/** Marks a method that was replaced. */
export const INSTRUMENTED: unique symbol = Symbol.for('quipu.instrumented')
/** The producer of each recorder's deltas. */
export const DELTA: unique symbol = Symbol.for('quipu.delta.v1')
/** This thread's places in the groups of processes. */
export const PROCESSES: unique symbol = Symbol.for('quipu.processes.v3')
/** Id of this process as an instance of its service. */
export const INSTANCE: unique symbol = Symbol.for('quipu.instance.v1')
/** The function that the code appended to a module calls. */
export const LOADED: unique symbol = Symbol.for('quipu.loaded.v1')
/** The function that code appended to a module calls to replace a function of that module. */
export const REPLACED: unique symbol = Symbol.for('quipu.replaced.v1')
/** The running Quipu of `start()` or `register`. */
export const RUNNING: unique symbol = Symbol.for('quipu.running.v1')
/** Whether lines of an application without `start()` have been set up. */
export const LINES: unique symbol = Symbol.for('quipu.lines.v1')
