export {
  group,
  type Option,
  type OptionGroup,
  type OptionsOf,
  type OptionTable,
  option,
  type ResolvedOptions,
} from './option-group.js'
export {
  amount,
  callback,
  either,
  flag,
  instance,
  integer,
  listOf,
  mapOf,
  milliseconds,
  type OptionType,
  text,
  withMethods,
  word,
} from './option-types.js'
export { describeKey, describeValue, Problem } from './problem.js'
export { type OptionSource, readOptions, resolveOptions } from './read-options.js'
