import { EventEmitter } from 'node:events'
import { createRecorder } from '@quipu/core'
import { afterEach, expect, test } from 'vitest'
import { valuesOf } from '../../fixtures/values-of.js'
import { beforeCalls } from './before-calls.js'
import { chooseReports, reportKinds } from './report-kind.js'
import { type WatchOptions, watch } from './watch.js'

afterEach(() => chooseReports(reportKinds))

class Machine extends EventEmitter {}

/** Counts the events of machines. */
const watchMachine = (target: object, options: WatchOptions): boolean =>
  watch(target, options, (report) =>
    beforeCalls(target, 'emit', (machine, [event]) =>
      report(machine, ({ trackUserAction }) => trackUserAction(String(event))),
    ),
  )

test('an object that both register and the application watch is reported once', () => {
  const recorder = createRecorder()
  const machine = new Machine()
  expect(watchMachine(machine, { recorder, kind: 'jobs' })).toBe(true)
  expect(watchMachine(machine, { recorder })).toBe(true)
  machine.emit('run')
  expect(valuesOf(recorder, 'user_action_total')).toEqual({ run: 1 })
})

test('a disabled kind is reported only if the application instruments the object', () => {
  const recorder = createRecorder()
  class Other extends EventEmitter {}
  watchMachine(Other.prototype, { recorder, kind: 'jobs' })
  const asked = new Other()
  watchMachine(asked, { recorder })
  asked.emit('asked')
  new Other().emit('other')
  chooseReports(['uploads'])
  asked.emit('asked')
  new Other().emit('other')
  expect(valuesOf(recorder, 'user_action_total')).toEqual({ asked: 2, other: 1 })
})

test('every recorder has its own watch', () => {
  const recorders = [createRecorder(), createRecorder()]
  const machine = new Machine()
  for (const recorder of recorders) watchMachine(machine, { recorder })
  machine.emit('run')
  for (const recorder of recorders) expect(valuesOf(recorder, 'user_action_total')).toEqual({ run: 1 })
})

test('a watched method keeps its name, length, results and errors, for any behaviour of the watch', () => {
  const holder = {
    divide(a: number, b: number): number {
      if (b === 0) throw new RangeError('by zero')
      return a / b
    },
  }
  const isWatched = beforeCalls(holder, 'divide', () => {
    throw new Error('the watch')
  })
  expect(isWatched).toBe(true)
  expect([holder.divide.name, holder.divide.length, Object.keys(holder)]).toEqual(['divide', 2, ['divide']])
  expect(holder.divide(6, 3)).toBe(2)
  expect(() => holder.divide(1, 0)).toThrow('by zero')
  expect(beforeCalls(holder, 'multiply', () => undefined)).toBe(false)
  expect(beforeCalls(Object.freeze({ go: () => 1 }), 'go', () => undefined)).toBe(false)
})

test.each([
  ['frozen', Object.freeze({ emit: () => true })],
  ['without the method', {}],
])('an object that is %s is left alone', (_, target) => {
  expect(watchMachine(target, { recorder: createRecorder() })).toBe(false)
})
