import { conformance } from './conformance.mjs'

// Where there is nothing but the language and the web's own interfaces, or no right to use more: no files, no sockets, no
// environment.
const { report, failed } = await conformance({ asyncContext: true })
console.log(report.trimEnd())
if (failed > 0) throw new Error(`${failed} checks failed`)
