import { conformance } from './conformance.mjs'

// For runtimes with only the language and web interfaces, or without permission for more: no files, sockets or environment.
const { report, failed } = await conformance({ asyncContext: true })
console.log(report.trimEnd())
if (failed > 0) throw new Error(`${failed} checks failed`)
