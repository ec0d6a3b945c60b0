import { builtinCatalog } from '@quipu/catalog'
import { createQueries } from './queries.js'

const q = createQueries(builtinCatalog.metrics, { rate: '5m', range: '1h' })

q.rate('llm_requests_total', { by: ['model', 'endpoint'] })
q.rate('llm_tokens_total', { where: { type: { not: 'total' } } })
q.quantile(0.95, 'gen_ai.client.operation.duration', { by: ['gen_ai.request.model'] })
q.share({ metric: 'feature_errors_total' }, { metric: 'feature_usage_total' }, { by: ['feature_name'] })

// @ts-expect-error unknown metric
q.rate('llm_request_total')
// @ts-expect-error unknown label
q.rate('llm_requests_total', { by: ['error_type'] })
// @ts-expect-error unknown label value
q.rate('llm_tokens_total', { where: { type: 'prompt' } })
// @ts-expect-error a gauge has no rate
q.rate('app_active_sessions')
// @ts-expect-error a counter has no quantile
q.quantile(0.95, 'llm_requests_total')
// @ts-expect-error only one of the two metrics has the label
q.share({ metric: 'feature_errors_total' }, { metric: 'feature_usage_total' }, { by: ['error_type'] })
