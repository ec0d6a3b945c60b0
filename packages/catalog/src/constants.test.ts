import { expect, test } from 'vitest'
import { DimensionNames, MetricNames, toDimensionNames, toMetricNames } from './constants.js'
import { akiMetrics } from './vocabularies/aki.js'

test('each of Aki’s metrics has a constant that equals its wire name', () => {
  expect(MetricNames).toEqual({
    ACTIVE_USER: 'active_user',
    USER_ACTION: 'user_action',
    TOKEN_INPUT: 'token_input',
    TOKEN_OUTPUT: 'token_output',
    EXECUTION_TIME: 'execution_time',
    MODEL_USAGE: 'model_usage',
    TOOL_USAGE: 'tool_usage',
  })
})

test('each of Aki’s dimensions has a constant that equals its wire name', () => {
  expect(DimensionNames).toEqual({
    USER_ID: 'user_id',
    VERSION_ID: 'version_id',
    MODEL_ID: 'model_id',
    TOOL_NAME: 'tool_name',
    ACTION_TYPE: 'action_type',
    PROFILE_NAME: 'profile_name',
  })
})

test('every documented metric has a constant', () => {
  const documented = Object.entries(akiMetrics).filter(([, { source }]) => source.startsWith('K'))
  expect(Object.values(MetricNames)).toEqual(documented.map(([name]) => name))
})

test('the constant of a new metric comes from its entry', () => {
  const specs = { new_metric: { kind: 'counter', help: 'x', labels: { 'gen_ai.token.type': ['input'] } } } as const
  expect(toMetricNames(specs)).toEqual({ NEW_METRIC: 'new_metric' })
  expect(toDimensionNames(specs)).toEqual({ GEN_AI_TOKEN_TYPE: 'gen_ai.token.type' })
})

test('constants cannot be changed', () => {
  expect(Object.isFrozen(MetricNames)).toBe(true)
})
