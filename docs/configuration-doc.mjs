// @ts-check
// Generates docs/configuration.md from the tables of options. The text of an option is its doc comment.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { environmentOptions, startOptions } from '@quipu/sdk/options'

/** @typedef {{ expected: string, parts?: Type[], fields?: { [name: string]: Field } }} Type */
/** @typedef {Type & { default?: unknown, otherwise?: string, variables?: string[], example?: string, secret?: true, required?: true, failsClosed?: true, parse?: unknown }} Field */

const root = fileURLToPath(new URL('..', import.meta.url))

/** Renders the page. */
export function configurationDoc() {
  const rows = optionsOf(/** @type {Type} */ (/** @type {unknown} */ (startOptions)), '')
  const variables = optionsOf(/** @type {Type} */ (/** @type {unknown} */ (environmentOptions)), '')
  return [
    '# Configuration\n',
    'Generated from the tables of options by `npm run generate`.\n',
    'Options of `start()` win over the environment, which wins over the defaults. An invalid option throws a',
    '`QuipuError` with the code `QUIPU_CONFIG_INVALID`, which names the option and its valid values, and never shows text of',
    'the given value. An invalid variable is reported once on stderr and ignored, as the OpenTelemetry specification requires,',
    'and an empty one counts as unset. If ignoring it would open or disclose something, it is an error, as noted at the option.\n',
    'For log records, variables that start with `OTEL_EXPORTER_OTLP_METRICS_` are read with `LOGS` in place of `METRICS`.\n',
    '## Options of `start()`\n',
    ...rows.map(({ path, text }) => `### ${path}\n\n${text}`),
    '## Variables without an option\n',
    ...variables.map(({ names, text }) => `### ${names[0]}\n\n${text}`),
  ].join('\n')
}

/**
 * Returns the options of a table, with those of nested tables after the option that contains them.
 * @param {Type} type
 * @param {string} path
 * @returns {{ path: string, names: string[], text: string }[]}
 */
function optionsOf(type, path) {
  return Object.entries(type.fields ?? {}).flatMap(([name, field]) => {
    const own = path === '' ? name : `${path}.${name}`
    const sentence = sentenceOf(name, field)
    const nested = groupsIn(field).flatMap((group) => optionsOf(group, own))
    return [{ path: own, names: field.variables ?? [], text: describe(field, sentence) }, ...nested]
  })
}

/**
 * Returns the groups within a type, without those of its own fields.
 * @param {Type} type
 * @returns {Type[]}
 */
function groupsIn(type) {
  if (type.fields !== undefined) return [type]
  return (type.parts ?? []).flatMap(groupsIn)
}

/**
 * @param {Field} field
 * @param {string} sentence
 */
function describe(field, sentence) {
  const { expected, variables = [], example, failsClosed, required } = field
  const rows = [
    ['must be', escaped(expected)],
    ['default', required === true ? 'none: it must be given' : defaultText(field)],
    ['variable', variables.length === 0 ? 'none' : variables.map((name) => `\`${name}\``).join(', else ')],
    ...(failsClosed === true ? [['invalid variable', 'an error: `start()` throws']] : []),
    ...(example === undefined ? [] : [['example', exampleText(example)]]),
  ]
  return `${sentence}\n\n| | |\n|---|---|\n${rows.map(([name, text]) => `| ${name} | ${text} |`).join('\n')}\n`
}

/** @param {Field} field */
function defaultText({ default: value, otherwise }) {
  if (otherwise !== undefined) return escaped(otherwise)
  if (value === undefined) return 'none'
  return `\`${Array.isArray(value) ? value.join(', ') : String(value)}\``
}

/** Formats an example: code, or code with a remark after it. @param {string} example */
function exampleText(example) {
  const [, code = example, remark = ''] = /^(.*?)((?:, or | for | : |, a ).*)?$/.exec(example) ?? []
  return `\`${escaped(code)}\`${escaped(remark)}`
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('|', '\\|')
}

/** @type {{ name: string, sentence: string, code: string }[] | undefined} */
let declared

/**
 * Returns the doc comment of an option. Of several options with one name, the declaration with this field's details counts.
 * @param {string} name
 * @param {Field} field
 */
function sentenceOf(name, { variables, otherwise, example }) {
  declared ??= sourceFiles().flatMap((file) => declarations(readFileSync(file, 'utf8')))
  const all = declared.filter((each) => each.name === name)
  const marks = [variables?.[0], otherwise?.slice(0, 20), example?.slice(0, 20)].filter((mark) => mark !== undefined)
  const [found] = all.length < 2 ? all : all.filter(({ code }) => marks.some((mark) => code.includes(mark)))
  if (found === undefined) throw new Error(`the option ${name} has no doc comment, or several that it could be`)
  return found.sentence
}

/** The files that declare tables. */
function sourceFiles() {
  return ['store', 'core', 'otlp', 'prometheus', 'sdk'].flatMap((name) => {
    const folder = join(root, 'packages', name, 'src')
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    return files.filter((file) => file.endsWith('-options.ts')).map((file) => join(folder, file))
  })
}

/**
 * Returns each option of a file with its doc comment and the code up to the next option.
 * @param {string} source
 */
function declarations(source) {
  return Array.from(
    source.matchAll(/^ {2}\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+(\w+): ?([\s\S]*?)(?=^ {2}\/\*\*|^\}|^ {2}\.\.\.)/gm),
    ([, comment, name, code]) => ({
      name: name ?? '',
      sentence: (comment ?? '').replace(/\s+\* ?/g, ' ').trim(),
      code: code ?? '',
    }),
  )
}
