export function loadApi(): typeof import('@opentelemetry/api')
export function loadSdkNode(): typeof import('@opentelemetry/sdk-node')
export function loadSdkMetrics(): typeof import('@opentelemetry/sdk-metrics')
export function loadResources(): typeof import('@opentelemetry/resources')
export function loadConfiguration(): typeof import('@opentelemetry/configuration')
export function loadGenaiPrices(): import('@quipu/llm/genai-prices').GenaiPrices | undefined
