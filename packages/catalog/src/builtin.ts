// The part of the package that recording loads: data and plain functions, without zod.
export { type BuiltinEvents, type BuiltinMetrics, builtinCatalog } from './builtin-catalog.js'
export { checkNames } from './collisions.js'
export {
  type DimensionConstants,
  type DimensionName,
  DimensionNames,
  type MetricConstants,
  type MetricName,
  MetricNames,
  toDimensionNames,
  toMetricNames,
} from './constants.js'
export { type ErrorCode, type ErrorDetails, errorCodes, errorsDoc, QuipuError } from './errors.js'
export { httpMethods } from './http-methods.js'
export type { FieldsOf, LabelsOf, LabelValue } from './inferred-types.js'
export { isCatalog } from './is-catalog.js'
export { isObject, isRecord } from './is-object.js'
export { mcpMethods } from './mcp-methods.js'
export { type MergedCatalog, mergeCatalogs } from './merge.js'
export {
  type ExportedNames,
  exportedNames,
  isStandard,
  labelNameOnPage,
  type PageKind,
  pageOf,
  toPrometheusName,
} from './names.js'
export type {
  Catalog,
  EventSpec,
  EventSpecs,
  ExportPath,
  FieldSpec,
  GenAiProfile,
  LabelClass,
  LabelDetails,
  LabelSpec,
  MergeRule,
  MetricKind,
  MetricSpec,
  MetricSpecs,
  PrivacyClass,
  StandardVocabulary,
  Vocabulary,
} from './types.js'
export { type LlmErrorType, llmErrorTypes } from './vocabularies/llm-error-types.js'
