import { logMetric, start, trackUserAction, withFeature, withUserAction } from '@quipu/sdk'
import { analyzeThreats, upload } from './application.js'

const quipu = start({ serviceName: 'securetrack', prometheus: { port: 0 } })
const { urls } = await quipu.ready

const report = await withFeature('threat_analysis', () => analyzeThreats('open port 22'))
trackUserAction('export_report')
await withUserAction('document_upload', () => upload('report.pdf'))
logMetric('llm_call', 'user@example.com', { model: 'gpt-4', message_count: 5 })

const page = await (await fetch(urls.custom)).text()
console.log(report, page.match(/^(feature_usage|user_action)_total.*$/gm))

const { dropped, errors } = await quipu.shutdown()
console.log({ dropped, errors })
