// With the types that the ES modules of this package import: OpenTelemetry 3 declares its classes once per module system.
import type * as api from '@opentelemetry/api' with { 'resolution-mode': 'import' }
import type * as configuration from '@opentelemetry/configuration' with { 'resolution-mode': 'import' }
import type * as resources from '@opentelemetry/resources' with { 'resolution-mode': 'import' }
import type * as sdkMetrics from '@opentelemetry/sdk-metrics' with { 'resolution-mode': 'import' }
import type * as sdkNode from '@opentelemetry/sdk-node' with { 'resolution-mode': 'import' }
import type { GenaiPrices } from '@quipu/llm/genai-prices' with { 'resolution-mode': 'import' }

export function loadApi(): typeof api
export function loadSdkNode(): typeof sdkNode
export function loadSdkMetrics(): typeof sdkMetrics
export function loadResources(): typeof resources
export function loadConfiguration(): typeof configuration
export function loadGenaiPrices(): GenaiPrices | undefined
