import { expect, test } from 'vitest'
import { hasSoundHooks } from './watch-modules.js'

test.each([
  ['20.19.0', false],
  ['22.14.0', false],
  ['22.15.0', false],
  ['22.20.0', false],
  ['22.22.2', false],
  ['22.22.3', true],
  ['22.23.3', true],
  ['23.11.1', false],
  ['24.0.0', false],
  ['24.10.0', false],
  ['24.11.0', false],
  ['24.11.1', true],
  ['24.21.0', true],
  ['25.0.0', false],
  ['25.1.0', true],
  ['26.12.1', true],
  ['26.0.0-nightly', true],
])('hooks in the thread of the application are used on Node %s: %s', (version, isSound) => {
  expect(hasSoundHooks(version)).toBe(isSound)
})
