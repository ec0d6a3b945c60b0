import { writeSync } from 'node:fs'
import { caseOf, isCaseName } from './case-table.js'

// The process of one case and one library: measures, writes its figures as the last line of output, and ends.
const [name = '', library = '', quick] = process.argv.slice(2)
if (!isCaseName(name)) throw new Error(`no case ${name}`)
const run = await caseOf(name).load()
const figures = await run(library, { quick: quick === 'quick' })
writeSync(1, `\n${JSON.stringify(figures)}\n`)
// Does not wait for running work of a library.
process.exit(0)
